// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// What would stop a restore is found out when its session is opened, and nothing was done then.
@Suite(.timeLimit(.minutes(60))) struct RestoreRightsTests {
    /// A database of a role that is no superuser, with a table, and its set.
    private func withOwner(
        _ body: @Sendable (RestoreTrial, StoredPart, String) async throws -> Void
    ) async throws {
        try await RestoreTrial.with { trial in
            let role = "\(trial.database.name)_role"
            try await trial.execute(
                "CREATE ROLE \(role) LOGIN CREATEDB", "ALTER DATABASE \(trial.database.name) OWNER TO \(role)")
            try await trial.database.query("CREATE TABLE t AS SELECT 1 AS a; ALTER TABLE t OWNER TO \(role)")
            try await FolderDestination.with { destination in
                let snapshot = try await save(trial.database, to: destination, .init(digest: true))
                #expect(snapshot.details["needs"]?["roles"] == .array([.string(role)]))
                try await trial.database.query("UPDATE t SET a = 2")
                var own = trial
                own.user = role
                try await body(own, destination.part(snapshot), role)
                #expect(try await trial.names().allSatisfy { !$0.contains("restoring") })
            }
        }
    }

    @Test func `a role that may not create databases, or is no member of the owner, is refused at once`() async throws {
        try await withOwner { trial, part, role in
            try await trial.execute("ALTER ROLE \(role) NOCREATEDB")
            let creating = await trial.refusal(part)
            #expect(creating?.category == .refused)
            #expect(
                creating?.message.contains("ALTER ROLE \"\(role)\" CREATEDB") == true, "\(String(describing: creating))"
            )
            try await trial.execute("CREATE ROLE \(role)_other LOGIN CREATEDB")
            var other = trial
            other.user = "\(role)_other"
            let foreign = await other.refusal(part)
            #expect(foreign?.category == .refused)
            #expect(
                foreign?.message.contains("GRANT \"\(role)\" TO \"\(role)_other\"") == true,
                "\(String(describing: foreign))")
        }
    }

    @Test func `a role that the dump needs and that is missing is named at once`() async throws {
        try await RestoreTrial.with { trial in
            let role = "\(trial.database.name)_reader"
            try await trial.execute("CREATE ROLE \(role)")
            try await trial.database.query("CREATE TABLE t (a integer); GRANT SELECT ON t TO \(role)")
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(trial.database, to: destination))
                try await trial.database.query("REVOKE ALL ON t FROM \(role)")
                try await trial.execute("DROP ROLE \(role)")
                let error = await trial.refusal(part)
                #expect(error?.category == .refused)
                #expect(error?.message.contains("the role \(role)") == true, "\(String(describing: error))")
                #expect(error?.message.contains("postgres_globals.sql") == true)
            }
        }
    }

    @Test func `sessions of others that may not be ended are found out before, and those that may are ended`()
        async throws
    {
        try await withOwner { trial, part, role in
            try await trial.execute("CREATE ROLE \(role)_app LOGIN")
            try await trial.database.waitUntilSuperuserIsGone()
            let session = try await PostgresConnection.open(trial.database.configuration(user: "\(role)_app"))
            let error = await trial.refusal(part)
            #expect(error?.category == .refused)
            #expect(
                error?.message.contains("GRANT pg_signal_backend TO \"\(role)\"") == true,
                "\(String(describing: error))")
            #expect(error?.message.contains("\(role)_app (process ") == true)
            // It comes while the rows are restored: the swap is refused, and nothing is left.
            await session.close()
            try await withOpened(trial, part) { opened in
                try await opened.prepare { _ in }
                let late = try await PostgresConnection.open(trial.database.configuration(user: "\(role)_app"))
                let refused = await #expect(throws: PostgresBackupError.self) { _ = try await opened.swap { _ in } }
                #expect(refused?.category == .refused, "\(String(describing: refused))")
                #expect(try await trial.names() == [trial.database.name])
                await late.close()
            }
            try await trial.execute("GRANT pg_signal_backend TO \(role)")
            let other = try await PostgresConnection.open(trial.database.configuration(user: "\(role)_app"))
            try await trial.restore(part)
            await other.close()
            #expect(try await trial.database.query("SELECT a FROM t") == ["1"])
        }
    }

    /// A session as soon as the server has noticed that connections before it are gone.
    private func withOpened(
        _ trial: RestoreTrial, _ part: StoredPart, _ body: (PostgresRestoreSession) async throws -> Void
    ) async throws {
        #expect(try await eventually { await trial.refusal(part) == nil })
        let session = try await trial.open(part)
        do { try await body(session) } catch {
            await session.discard()
            throw error
        }
        await session.discard()
    }

    @Test func `a key with a pass phrase is refused before anything is done`() async throws {
        try await withOwner { trial, part, _ in
            var guarded = trial
            guarded.parameters = ["sslpassword": "s3cret"]
            let error = await guarded.refusal(part)
            #expect(error?.category == .configuration)
            #expect(error?.message.contains("pg_restore") == true && error?.message.contains("s3cret") == false)
        }
    }

    @Test func `a second restore finds the first one at work`() async throws {
        try await withOwner { trial, part, _ in
            try await withOpened(trial, part) { _ in
                #expect(await trial.refusal(part)?.category == .busy)
                let undoing = await #expect(throws: PostgresBackupError.self) {
                    _ = try await trial.target.undo(set: trial.set) { _ in }
                }
                #expect(undoing?.category == .busy)
            }
        }
    }

    @Test func `names that PostgreSQL would cut off, and empty ones, are refused`() async throws {
        try await withOwner { trial, part, _ in
            for name in ["", String(repeating: "ä", count: 32)] {
                let error = await trial.refusal(part, into: name)
                #expect(error?.category == .refused, "\(name)")
            }
            #expect(await trial.refusal(part, into: trial.database.name + String(repeating: "x", count: 20)) == nil)
        }
    }
}
