// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite struct PostgresBackupFailureTests {
    /// Saves what has to fail; `nil` when it did not.
    private func failure(
        _ target: PostgresBackupTarget, to destination: FolderDestination,
        observe: @escaping @Sendable (BackupTargetEvent) -> Void = { _ in }
    ) async -> PostgresBackupError? {
        do {
            _ = try await target.backUp(to: destination, observe: observe)
            return nil
        } catch {
            return error as? PostgresBackupError
        }
    }

    private func fillLarge(_ database: TestDatabase) async throws {
        try await database.query(
            "CREATE TABLE t AS SELECT i, md5(i::text) || md5((i * 7)::text) AS b FROM generate_series(1, 100000) i")
    }

    @Test func `a killed pg_dump is a failure, and no file is ended`() async throws {
        try await TestDatabase.with { database in
            try await fillLarge(database)
            try await FolderDestination.with { destination in
                let launcher = TestLauncher(["pg_dump": .kill(after: 100_000)])
                let target = PostgresBackupTarget(
                    database.configuration(), launcher: launcher,
                    options: .init(programs: database.server.binaries.folder))
                let error = await failure(target, to: destination)
                #expect(error?.category == .store)
                #expect(error?.message.contains("killed by signal 9") == true, "\(String(describing: error))")
                #expect(destination.finishedFiles.isEmpty)
            }
            #expect(try await isLeft(database))
        }
    }

    @Test func `a server that ends in the middle is a failure`() async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await fillLarge(database)
            try await FolderDestination.with { destination in
                let launcher = TestLauncher { command, _ in
                    guard command.program.hasSuffix("/pg_dump"), command.arguments.contains("--verbose") else { return }
                    Task { try? await database.server.stopServer(.immediate) }
                }
                // A table that somebody holds keeps pg_dump busy until the server is gone.
                try await database.query("CREATE TABLE held ()")
                let holder = try await PostgresConnection.open(database.configuration())
                try await holder.query("BEGIN; LOCK TABLE held")
                let target = PostgresBackupTarget(
                    database.configuration(), launcher: launcher,
                    options: .init(programs: database.server.binaries.folder))
                let error = await failure(target, to: destination)
                #expect(error?.category == .store, "\(String(describing: error))")
                #expect(error?.message.contains("pg_dump failed") == true)
                #expect(destination.finishedFiles.isEmpty)
                #expect(try await eventually { !database.server.isRunning })
                await holder.close()
            }
            try await database.server.startServer()
        }
    }

    @Test func `a table that somebody holds for too long is a failure that names it`() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE held (a integer)")
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE held")
                for digest in [false, true] {
                    try await FolderDestination.with { destination in
                        let options = PostgresBackupTarget.Options(
                            programs: database.server.binaries.folder, lockWaitTimeout: .milliseconds(200),
                            digest: digest)
                        let target = PostgresBackupTarget(
                            database.configuration(), launcher: TestLauncher(), options: options)
                        let error = await failure(target, to: destination)
                        #expect(error?.category == .store)
                        #expect(error?.message.contains("lock wait timeout") == true, "\(error?.message ?? "")")
                        #expect(error?.message.contains("public.held") == true)
                    }
                }
            }
        }
    }

    @Test func `a pg_dump older than the server is refused with both versions`() async throws {
        try await TestDatabase.with { database in
            let folder = "/tmp/strata-old-\(UInt32.random(in: 0...UInt32.max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            _ = FileManager.default.createFile(
                atPath: "\(folder)/pg_dump", contents: Data("#!/bin/sh\necho 'pg_dump (PostgreSQL) 11.22'\n".utf8),
                attributes: [.posixPermissions: 0o755])
            try await FolderDestination.with { destination in
                let target = PostgresBackupTarget(
                    database.configuration(), launcher: TestLauncher(), options: .init(programs: folder))
                let error = await failure(target, to: destination)
                #expect(error?.category == .configuration)
                #expect(error?.message.contains("11.22") == true)
                #expect(error?.message.contains("pg_dump \(database.server.version.major) or newer") == true)
                #expect(error?.message.contains("looked in \(folder)") == true)
                let nowhere = PostgresBackupTarget(
                    database.configuration(), launcher: TestLauncher(without: ["pg_dump"]), options: .init())
                let missing = await failure(nowhere, to: destination)
                #expect(missing?.category == .configuration)
                let place = "/usr/lib/postgresql/\(database.server.version.major)/bin"
                #expect(missing?.message.contains(place) == true && missing?.message.contains("PATH") == true)
                #expect(missing?.message.contains("\n") == false)
            }
        }
    }

    @Test func `a cancelled backup leaves no session`() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE held (a integer)")
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE held")
                try await FolderDestination.with { destination in
                    let target = PostgresBackupTarget(
                        database.configuration(), launcher: TestLauncher(),
                        options: .init(programs: database.server.binaries.folder, lockWaitTimeout: nil))
                    let run = Task { await failure(target, to: destination) }
                    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'held'::regclass"
                    let isWaiting = try await eventually { try await database.query(waits) == ["1"] }
                    #expect(isWaiting)
                    run.cancel()
                    #expect(await run.value?.category == .cancelled)
                }
            }
            #expect(try await isLeft(database))
        }
    }

    /// Whether no session of a backup is there any more, after a while.
    private func isLeft(_ database: TestDatabase) async throws -> Bool {
        try await eventually {
            try await database.query(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'strata backup' "
                    + "AND datname = current_database()") == ["0"]
        }
    }
}
