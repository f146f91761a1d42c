// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

/// The instructions of a set are carried out as they stand, on a server that has nothing of it.
@Suite(.timeLimit(.minutes(60))) struct PostgresManualTests {
    /// The commands between the lines with three backquotes.
    private func commands(_ instructions: String) -> String {
        let parts = instructions.split(separator: "```", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 }
            .map { String(parts[$0].drop { $0 != "\n" }) }.joined(separator: "\n")
    }

    private func carryOut(_ script: String, in folder: String, on server: ThrowawayPostgres) async throws {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let said = Mutex<[String]>([])
        let end = try await SubprocessLauncher().run(
            ProcessCommand(
                program: "/bin/sh", arguments: ["-e", "-c", "cd \(folder)\n\(script)"],
                environment: [
                    "PGHOST": server.socketDirectory, "PGPORT": "\(server.port)", "PGUSER": server.superuser,
                    "PATH": "\(server.binaries.folder):\(path)", "PGPASSFILE": "/dev/null",
                ]), output: nil
        ) { line in said.withLock { $0.append(line) } }
        #expect(end.isSuccess, "\(said.withLock(\.self))\n\(script)")
    }

    @Test func `every form of a dump is restored by its instructions alone`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            try await TestDatabase.execute(
                "DROP ROLE IF EXISTS \"man'ual\"; CREATE ROLE \"man'ual\"", on: database.server)
            try await database.query("ALTER TABLE twins OWNER TO \"man'ual\"")
            try await TestDatabase.execute(
                "ALTER DATABASE \(database.name) SET work_mem = '5MB'", on: database.server)
            try await TestDatabase.execute("COMMENT ON DATABASE \(database.name) IS 'it''s\nEND'", on: database.server)
            let expected = try await database.plainDump()
            let forms: [PostgresBackupTarget.Options] = [.init(), .init(jobs: 2), .init(compression: .zstd())]
            try await ThrowawayPostgres.withServer(.forTests) { server in
                for (round, options) in forms.enumerated() {
                    try await FolderDestination.with { destination in
                        let snapshot = try await save(database, to: destination, options)
                        try await carryOut(commands(snapshot.instructions), in: destination.folder, on: server)
                    }
                    let restored = TestDatabase(server: server, name: database.name)
                    let dump = try await restored.plainDump()
                    #expect(dump == expected, "\(difference(expected, dump))")
                    let traits = """
                        SELECT current_setting('work_mem'), shobj_description(oid, 'pg_database') FROM pg_database
                        WHERE datname = current_database()
                        """
                    #expect(try await restored.query(traits) == ["5MB|it's\nEND"])
                    let names = try await restored.query("SELECT datname FROM pg_database ORDER BY 1")
                    #expect(names.contains("\(database.name)_before_restore") == (round > 0), "\(names)")
                    if round > 0 {
                        try await TestDatabase(server: server, name: "\(database.name)_before_restore").drop()
                    }
                }
            }
            try await database.query("DROP OWNED BY \"man'ual\"; DROP ROLE \"man'ual\"")
        }
    }

    @Test(arguments: [
        "o'dd \"$(touch x)\" name ünd", "\u{600}'\u{301};touch x;\"\u{301}", "a\nEND\ntouch x\n```\n\\b\"'",
    ])
    func `names that a shell or SQL would read otherwise are quoted`(_ name: String) async throws {
        try await TestDatabase.with { owner in
            let doubled = name.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
            let sql = "\"" + String(decoding: doubled, as: UTF8.self) + "\""
            try await TestDatabase.execute("CREATE DATABASE \(sql)", on: owner.server)
            let database = TestDatabase(server: owner.server, name: name)
            try await database.query("CREATE TABLE t AS SELECT 1 AS a")
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(globals: false))
                #expect(snapshot.instructions.contains("--no-owner"))
                try await ThrowawayPostgres.withServer(.forTests) { server in
                    try await carryOut(commands(snapshot.instructions), in: destination.folder, on: server)
                    #expect(try await TestDatabase(server: server, name: name).query("SELECT a FROM t") == ["1"])
                }
                #expect(!FileManager.default.fileExists(atPath: "\(destination.folder)/x"))
            }
            try await database.drop()
        }
    }
}
