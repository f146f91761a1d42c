// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

/// What keeps a proof from being made is an error; it is never counted as damage of the set, and leaves no server behind.
///
/// One after the other, because disks that are small can be one and the same.
@Suite(.serialized, .timeLimit(.minutes(60))) struct ProofInterruptionTests {
    /// Runs a body with a set whose proof stops in the middle, for an hour: a check of its table waits on the throw-away server.
    private func withEndlessProof(
        _ body: @Sendable (StoredPart) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            try await database.query(
                """
                CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
                IF current_database() = 'strata_proof' THEN PERFORM pg_sleep(3600); END IF; RETURN true; END $$;
                CREATE TABLE a AS SELECT 1 AS n; CREATE TABLE slow (n integer CHECK (slow())); INSERT INTO slow VALUES (1)
                """)
            try await FolderDestination.with { destination in
                try await body(destination.part(try await save(database, to: destination)))
            }
        }
    }

    /// Proves a set, and disturbs that when rows are being restored.
    private func disturb(
        _ part: StoredPart, _ launcher: TestLauncher = TestLauncher(),
        with disturbance: @escaping @Sendable (ThrowawayPostgres) async throws -> Void
    ) async throws -> PostgresBackupError? {
        let server = Mutex<ThrowawayPostgres?>(nil)
        let servers = TestProvingServers { started in server.withLock { $0 = started } }
        let isSlow = Milestone()
        let proof = isSlow.run { reached in
            try await PostgresArtifactVerifier(launcher: launcher, servers: servers).restoreForProof(part) { event in
                if case .progress(let progress) = event, progress.object == "public.slow" { reached() }
            }
        }
        try await isSlow.wait(for: proof)
        guard let running = server.withLock(\.self) else { throw FolderDestination.Failure() }
        try await disturbance(running)
        do {
            let proof = try await proof.value
            Issue.record("a result: \(proof)")
            return nil
        } catch {
            #expect(!FileManager.default.fileExists(atPath: running.dataDirectory))
            return error as? PostgresBackupError
        }
    }

    @Test func `a throw-away server that is killed`() async throws {
        try await withEndlessProof { part in
            for mode in [ThrowawayPostgres.ShutdownMode.kill, .immediate] {
                let error = try await disturb(part) { try await $0.stopServer(mode) }
                #expect(error?.category == .unavailable, "\(String(describing: error))")
                #expect(error?.message.contains("could not be found out") == true)
            }
        }
    }

    @Test func `a session of the restore that somebody ends`() async throws {
        try await withEndlessProof { part in
            let error = try await disturb(part) { server in
                try await TestDatabase.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'strata_proof'", on: server)
            }
            #expect(error?.category == .unavailable, "\(String(describing: error))")
        }
    }

    @Test func `a pg_restore that is killed`() async throws {
        try await withEndlessProof { part in
            for signal in [SIGKILL, SIGTERM] {
                let restore = Mutex<Int32>(0)
                let launcher = TestLauncher { command, process in
                    if command.program.hasSuffix("/pg_restore") { restore.withLock { $0 = process } }
                }
                let error = try await disturb(part, launcher) { _ in kill(restore.withLock(\.self), signal) }
                #expect(error?.category == .unavailable, "\(String(describing: error))")
            }
        }
    }

    @Test func `a task that is cancelled`() async throws {
        try await withEndlessProof { part in
            let servers = Mutex<[String]>([])
            let proving = TestProvingServers { server in servers.withLock { $0.append(server.dataDirectory) } }
            let isSlow = Milestone()
            let proof = isSlow.run { reached in
                try await PostgresArtifactVerifier(launcher: TestLauncher(), servers: proving).restoreForProof(part) {
                    if case .progress(let progress) = $0, progress.object == "public.slow" { reached() }
                }
            }
            try await isSlow.wait(for: proof)
            proof.cancel()
            let error = await #expect(throws: PostgresBackupError.self) { _ = try await proof.value }
            #expect(error?.category == .cancelled, "\(String(describing: error))")
            let folders = servers.withLock(\.self)
            #expect(folders.count == 1 && !folders.contains { FileManager.default.fileExists(atPath: $0) })
        }
    }

    @Test func `a program that is missing`() async throws {
        try await TestDatabase.with { database in
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination))
                let verifier = PostgresArtifactVerifier(
                    launcher: TestLauncher(without: ["pg_restore"]), servers: TestProvingServers())
                let unread = await #expect(throws: PostgresBackupError.self) {
                    _ = try await verifier.findUnreadable(part) { _ in }
                }
                let unproven = await #expect(throws: PostgresBackupError.self) {
                    _ = try await verifier.restoreForProof(part) { _ in }
                }
                #expect(unread?.category == .configuration && unproven?.category == .configuration)
            }
        }
    }

    @Test func `a disk of the throw-away server that is full`() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                "CREATE TABLE t AS SELECT repeat(md5(n::text), 30) FROM generate_series(1, 9000) n")
            try await SmallDisk.with(megabytes: 8, for: database.server) { disk in
                try await FolderDestination.with { destination in
                    let part = destination.part(try await save(database, to: destination))
                    try disk.fill(leavingKilobytes: 1024)
                    let servers = TestProvingServers { server in
                        try await TestDatabase.execute("CREATE TABLESPACE small LOCATION '\(disk.folder)'", on: server)
                        try await TestDatabase.execute(
                            "ALTER ROLE CURRENT_USER SET default_tablespace = small", on: server)
                    }
                    let verifier = PostgresArtifactVerifier(launcher: TestLauncher(), servers: servers)
                    let error = await #expect(throws: PostgresBackupError.self) {
                        let proof = try await verifier.restoreForProof(part) { _ in }
                        Issue.record("a result: \(proof)")
                    }
                    #expect(error?.category == .destination, "\(String(describing: error))")
                    #expect(error?.message.contains("No space left on device") == true)
                }
            }
        }
    }
}
