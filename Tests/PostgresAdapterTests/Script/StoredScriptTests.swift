// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

/// Scripts that are too large for memory: read while they are executed.
@Suite("A script that is read while it is executed")
struct StoredScriptTests {
    /// One migration, whose bytes can become others, or unreadable, between planning and execution.
    private struct Source: MigrationSource {
        struct Storage: MigrationScriptStorage {
            let content: [UInt8]
            /// From where on reading fails.
            let limit: Int
            var byteCount: Int { content.count }

            func read(at offset: Int, into buffer: inout [UInt8], range: Range<Int>) throws {
                guard offset + range.count <= limit else { throw Unreadable() }
                buffer.replaceSubrange(range, with: content[offset..<offset + range.count])
            }
        }

        struct Unreadable: Error, CustomStringConvertible {
            var description: String { "0001_step.sql: error: the disk is broken" }
        }

        let planned: [UInt8]
        var executed: [UInt8]
        var limit = Int.max

        init(_ text: String, executed: String? = nil) {
            planned = Array(text.utf8)
            self.executed = executed.map { Array($0.utf8) } ?? planned
        }

        func migrations() -> [Migration] {
            [
                Migration(
                    id: MigrationID(version: 1), name: "0001_step.sql", checksum: Checksum(of: planned),
                    versionText: "0001", path: "0001_step.sql")
            ]
        }

        func script(for migration: Migration) -> MigrationScript {
            MigrationScript(Storage(content: executed, limit: limit))
        }
    }

    private func run(_ source: Source, on database: TestDatabase) async throws {
        try await MigrationRunner(source: source, store: PostgresVersionStore(database.configuration())).applyPending()
    }

    private func rows(_ numbers: ClosedRange<Int>) -> String {
        numbers.map { "\($0)\té row of some length, so that all of it is more than a piece\n" }.joined()
    }

    private var copy: String {
        "CREATE TABLE t (id int, text text);\nCOPY t FROM stdin;\n\(rows(1...20_000))\\.\nCREATE TABLE u ();\n"
    }

    private static let concurrently = "CREATE INDEX CONCURRENTLY i ON t (id);\n"

    @Test("Statements and data arrive, in a transaction and in a sequence", arguments: ["", concurrently])
    func applies(end: String) async throws {
        try await TestDatabase.with { database in
            try await run(Source(copy + end), on: database)
            #expect(try await database.query("SELECT count(*), sum(id) FROM t") == ["20000|200010000"])
            #expect(try await database.tables().filter { !$0.hasPrefix("schema") } == ["t", "u"])
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test("Another script than the planned one leaves nothing", arguments: ["", concurrently])
    func changed(end: String) async throws {
        try await TestDatabase.with { database in
            let changed = copy.replacing("20000\t", with: "20001\t")
            let error = await #expect(throws: MigrationError.self) {
                try await run(Source(copy + end, executed: changed + end), on: database)
            }
            #expect(
                error?.description.contains("0001_step.sql: error: the file changed while the run was going on") == true
            )
            #expect(try await database.tables() == [])
            #expect(try await database.history() == [])
            try await run(Source(copy + end), on: database)
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test("Data that cannot be read ends the COPY; nothing stays, and the reason is told")
    func unreadableData() async throws {
        try await TestDatabase.with { database in
            var source = Source("SELECT 1;\n" + copy)
            source.limit = 700_000
            let runner = MigrationRunner(
                source: BreakingSource(source), store: PostgresVersionStore(database.configuration()))
            let error = await #expect(throws: MigrationError.self) { try await runner.applyPending() }
            #expect(error?.description.contains("the disk is broken") == true)
            let left = try await database.tables() + database.history()
            #expect(left == [])
        }
    }

    /// Hands out a script that can be read once, and one that breaks after that.
    private actor BreakingSource: MigrationSource {
        private let source: Source
        private var isBroken = false

        init(_ source: Source) { self.source = source }

        func migrations() -> [Migration] { source.migrations() }

        func script(for migration: Migration) -> MigrationScript {
            defer { isBroken = true }
            return MigrationScript(
                Source.Storage(content: source.executed, limit: isBroken ? source.limit : .max))
        }
    }

    @Test("An error has its line, also far down in a line that is too long to be shown")
    func errorPosition() async throws {
        try await TestDatabase.with { database in
            let long = "SELECT '\(String(repeating: "é", count: 300_000))', nope FROM nowhere;\n"
            let error = await #expect(throws: MigrationError.self) { try await run(Source(copy + long), on: database) }
            let lines = (error?.description ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.first?.hasPrefix("0001_step.sql:20005:300022: error: ") == true)
            #expect(lines.dropFirst().first?.hasSuffix("éé', nope FROM nowhere;") == true)
            let mark = lines.dropFirst(2).first ?? ""
            let shown = lines.dropFirst().first ?? ""
            #expect(
                mark.count - 1
                    == shown.distance(from: shown.startIndex, to: shown.firstRange(of: "nowhere")!.lowerBound))
        }
    }

    @Test("A problem that is found beforehand has its line, and nothing is executed")
    func problem() async throws {
        try await TestDatabase.with { database in
            let error = await #expect(throws: MigrationError.self) {
                try await run(Source(copy + "\\copy t from 'x'\n"), on: database)
            }
            #expect(error?.description.contains("0001_step.sql:20005:1: error: ") == true)
            let left = try await database.tables()
            #expect(left == [])
        }
    }

    @Test("A sequence goes on behind what is done, with statements from the middle of a script")
    func resumes() async throws {
        try await TestDatabase.with { database in
            let start = copy + Self.concurrently
            let failing = start + "SELECT 1/0;\n"
            await #expect(throws: MigrationError.self) { try await run(Source(failing), on: database) }
            #expect(try await database.history() == [])
            try await run(Source(start + "COPY t FROM stdin;\n\(rows(20_001...40_000))\\.\n"), on: database)
            #expect(try await database.query("SELECT count(*), sum(id) FROM t") == ["40000|800020000"])
            #expect(try await database.history() == ["core:1"])
        }
    }
}
