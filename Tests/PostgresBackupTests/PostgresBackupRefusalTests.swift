// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite(.serialized, .timeLimit(.minutes(60))) struct PostgresBackupRefusalTests {
    @Test func `a table that the role may not read is named`() async throws {
        try await TestDatabase.with { database in
            let role = "\(database.name)_reader"
            try await TestDatabase.execute("CREATE ROLE \(role) LOGIN", on: database.server)
            try await database.query(
                "CREATE TABLE open AS SELECT 1 AS a; CREATE TABLE private AS SELECT 1 AS a; GRANT SELECT ON open TO \(role)"
            )
            for (digest, jobs) in [(false, 1), (false, 2), (true, 1)] {
                let error = try await failure(database, user: role, .init(digest: digest, jobs: jobs))
                #expect(error?.category == .configuration, "\(String(describing: error))")
                #expect(error?.message.contains("permission denied for table private") == true)
                #expect(error?.message.contains("\n") == false)
            }
            // Rows that are hidden from the role are an error, and no dump without them.
            try await database.query(
                """
                GRANT SELECT ON private TO \(role); ALTER TABLE private ENABLE ROW LEVEL SECURITY;
                CREATE POLICY nothing ON private USING (false)
                """)
            for digest in [false, true] {
                let error = try await failure(database, user: role, .init(digest: digest))
                #expect(error?.message.contains("row-level security") == true, "\(String(describing: error))")
                #expect(error?.message.contains("private") == true)
            }
            // With the rights that the documents name everything is there.
            try await TestDatabase.execute(
                "GRANT pg_read_all_data TO \(role); ALTER ROLE \(role) BYPASSRLS", on: database.server)
            try await database.query("REVOKE ALL ON open, private FROM \(role)")
            try await FolderDestination.with { destination in
                let target = PostgresBackupTarget(
                    database.configuration(user: role), launcher: TestLauncher(),
                    options: .init(programs: database.server.binaries.folder, digest: true))
                let digests = try await target.backUp(to: destination) { _ in }.details["digests"]?.arrayValue
                #expect(digests?.filter { $0["rows"] == 1 }.count == 2, "\(digests ?? [])")
            }
            try await database.query("DROP OWNED BY \(role)")
            try await TestDatabase.execute("DROP ROLE \(role)", on: database.server)
        }
    }

    private func failure(
        _ database: TestDatabase, user: String, _ options: PostgresBackupTarget.Options
    ) async throws -> PostgresBackupError? {
        var options = options
        options.programs = database.server.binaries.folder
        let target = PostgresBackupTarget(
            database.configuration(user: user), launcher: TestLauncher(), options: options)
        return try await FolderDestination.with { destination in
            let error = await #expect(throws: PostgresBackupError.self) {
                _ = try await target.backUp(to: destination) { _ in }
            }
            #expect(destination.finishedFiles.isEmpty)
            return error
        }
    }

    @Test func `a full disk is the destination's failure, and no set is made`() async throws {
        try await TestDatabase.with { database in
            try await database.query(
                "CREATE TABLE t AS SELECT i, md5(i::text) || md5((i * 7)::text) AS b FROM generate_series(1, 60000) i")
            try await SmallDisk.with(megabytes: 8, for: database.server) { disk in
                try disk.fill(leavingKilobytes: 1024)
                let folder = BackupFolder("\(disk.folder)/backups")
                let forms: [PostgresBackupTarget.Options] = [.init(), .init(jobs: 2), .init(compression: .zstd())]
                for form in forms {
                    var options = form
                    options.programs = database.server.binaries.folder
                    let target = PostgresBackupTarget(
                        database.configuration(), launcher: SubprocessLauncher(), options: options)
                    let runner = BackupRunner(folder: folder, targets: [target], options: .init(strataVersion: "1"))
                    let error = await #expect(throws: BackupRunError.self) { _ = try await runner.run() }
                    #expect(error?.category == .destination, "\(String(describing: error))")
                    #expect(error?.description.contains("o space") == true)
                    #expect(try folder.contents().sets.isEmpty)
                }
            }
        }
    }
}
