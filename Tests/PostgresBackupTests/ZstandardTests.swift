// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite(.timeLimit(.minutes(60))) struct ZstandardTests {
    private let set = "backup_20250916_123000"

    private func verifier(
        _ database: TestDatabase, _ launcher: TestLauncher = TestLauncher()
    ) -> PostgresArtifactVerifier<TestProvingServers> {
        PostgresArtifactVerifier(
            launcher: launcher, servers: TestProvingServers(), programs: database.server.binaries.folder)
    }

    private func target(
        _ database: TestDatabase, _ launcher: TestLauncher, _ options: PostgresBackupTarget.Options
    ) -> PostgresBackupTarget {
        var options = options
        options.programs = database.server.binaries.folder
        return PostgresBackupTarget(database.configuration(), launcher: launcher, options: options)
    }

    @Test func `a dump that zstd compressed is readable, proven and restored`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            let before = try await database.plainDump()
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true, compression: .zstd()))
                let part = destination.part(snapshot, set: set)
                #expect(destination.finishedFiles.contains("postgres_\(database.name).dump.zst"))
                #expect(snapshot.details["compression"] == "zstd 3")
                #expect(try await verifier(database).findUnreadable(part) { _ in } == [])
                #expect(try await verifier(database).restoreForProof(part) { _ in }.differences == [])
                try await database.query("DROP TABLE child")
                let session = try await PostgresRestoreTarget(
                    database.configuration(), launcher: TestLauncher(), programs: database.server.binaries.folder
                ).openSession(part, options: RestoreOptions())
                try await session.prepare { _ in }
                _ = try await session.swap { _ in }
                await session.discard()
                #expect(try await database.plainDump() == before)
                try await TestDatabase(server: database.server, name: "\(database.name)_before_\(set)")
                    .drop(isForced: false)
            }
        }
    }

    @Test func `damage of a compressed dump is found`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination, .init(compression: .zstd())))
                let path = "\(destination.folder)/postgres_\(database.name).dump.zst"
                let whole = try #require(FileManager.default.contents(atPath: path))
                var damaged = [0, 3, 100, whole.count / 2, whole.count - 5, whole.count - 1].map {
                    ("cut to \($0)", Data(whole.prefix($0)))
                }
                for place in [0, 10, whole.count / 3, whole.count - 1] {
                    var changed = whole
                    changed[place] ^= 0x10
                    damaged.append(("changed at \(place)", changed))
                }
                for (name, bytes) in damaged {
                    try bytes.write(to: URL(fileURLWithPath: path))
                    #expect(try await verifier(database).findUnreadable(part) { _ in } != [], "\(name)")
                }
            }
        }
    }

    @Test func `the end of either program is a failure, and no file is ended`() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                "CREATE TABLE t AS SELECT i, md5(i::text) || md5((i * 7)::text) AS b FROM generate_series(1, 100000) i")
            for program in ["pg_dump", "zstd"] {
                try await FolderDestination.with { destination in
                    let launcher = TestLauncher([program: .kill(after: 100_000)])
                    let error = await #expect(throws: PostgresBackupError.self) {
                        _ = try await target(database, launcher, .init(compression: .zstd()))
                            .backUp(to: destination) { _ in }
                    }
                    #expect(error?.category == .store)
                    #expect(error?.message.contains("\(program) failed") == true, "\(error?.message ?? "")")
                    #expect(error?.message.contains("killed by signal 9") == true)
                    #expect(destination.finishedFiles.isEmpty)
                }
            }
        }
    }

    @Test func `zstd that ends while pg_dump waits is a failure at once`() async throws {
        try await TestDatabase.with { database in
            try await database.query("CREATE TABLE held (a integer)")
            try await database.withConnection { holder in
                try await holder.query("BEGIN; LOCK TABLE held")
                try await FolderDestination.with { destination in
                    let launcher = TestLauncher { command, process in
                        if command.program.hasSuffix("/zstd") { kill(process, SIGKILL) }
                    }
                    let options = PostgresBackupTarget.Options(lockWaitTimeout: nil, compression: .zstd())
                    let error = await #expect(throws: PostgresBackupError.self) {
                        _ = try await target(database, launcher, options).backUp(to: destination) { _ in }
                    }
                    #expect(error?.message.contains("zstd failed") == true, "\(error?.message ?? "")")
                }
            }
        }
    }

    @Test func `a full disk ends both programs, and is what is told`() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                "CREATE TABLE t AS SELECT i, md5(i::text) || md5((i * 7)::text) AS b FROM generate_series(1, 100000) i")
            try await FolderDestination.with { destination in
                destination.fail(after: 1 << 20)
                await #expect(throws: FolderDestination.Failure.self) {
                    _ = try await target(database, TestLauncher(), .init(compression: .zstd()))
                        .backUp(to: destination) { _ in }
                }
                #expect(destination.finishedFiles.isEmpty)
            }
        }
    }

    @Test func `what cannot work is told before anything starts`() async throws {
        try await TestDatabase.with { database in
            try await FolderDestination.with { destination in
                let without = TestLauncher(without: ["zstd"])
                let error = await #expect(throws: PostgresBackupError.self) {
                    _ = try await target(database, without, .init(compression: .zstd())).backUp(to: destination) { _ in
                    }
                }
                #expect(error?.category == .configuration)
                #expect(error?.message.contains("apt-get install zstd") == true)
                #expect(without.commands.isEmpty)
                let several = await #expect(throws: PostgresBackupError.self) {
                    _ = try await target(database, TestLauncher(), .init(jobs: 2, compression: .zstd()))
                        .backUp(to: destination) { _ in }
                }
                #expect(several?.category == .configuration)
                let part = destination.part(try await save(database, to: destination, .init(compression: .zstd())))
                let unread = await #expect(throws: PostgresBackupError.self) {
                    _ = try await verifier(database, without).findUnreadable(part) { _ in }
                }
                #expect(unread?.category == .configuration)
            }
        }
    }
}
