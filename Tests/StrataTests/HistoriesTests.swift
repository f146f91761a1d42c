// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Whole histories from empty to head, compared with what psql makes of the same files.
@Suite("Histories", .timeLimit(.minutes(60)))
struct HistoriesTests {
    enum Set: String, CaseIterable, Sendable {
        case ledger, archive

        /// `Tests/Fixtures/histories`
        static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/histories").standardizedFileURL.path

        var folder: String { "\(Self.folder)/\(rawValue)" }

        /// The files, ordered by number.
        func files() throws -> [String] {
            func number(_ name: String) -> String {
                let digits = name.prefix(while: \.isNumber)
                return String(repeating: "0", count: 30 - digits.count) + digits
            }
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted { number($0) < number($1) }
        }

        func bytes(_ file: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)")))
        }

        /// The files that cannot run in one transaction.
        var sequences: [String] {
            switch self {
            case .ledger:
                [
                    "20240112000002000000_accounts_number_idx.autocommit.sql",
                    "20240112000003000000_accounts_currency_idx.autocommit.sql",
                    "20240115000002000000_sides_used.sql", "20240117000001000000_drop_index.autocommit.sql",
                ]
            case .archive:
                [
                    "0014_sorting.sql", "0016_fill_prefixes.sql", "0017_level_index.sql", "0021_drop_level_index.sql",
                    "0025_drop_lower_name.sql",
                ]
            }
        }
    }

    @Test(
        "One migrate goes from empty to head, and makes the schema and the data that psql makes",
        arguments: Set.allCases)
    func likePsql(set: Set) async throws {
        let expected = try await Stage.with { stage in
            try await stage.prelude(of: set)
            for file in try set.files() { try await stage.psql("\(set.folder)/\(file)") }
            return [try await stage.schema(), try await stage.data()]
        }
        try await Stage.with { stage in
            try await stage.prelude(of: set)
            let outcome = try await stage.strata("migrate", "--migrations", set.folder)
            outcome.expect(0)
            #expect(outcome.lines.last == "\(try set.files().count) migrations applied")
            #expect(try await stage.schema() == expected[0])
            #expect(try await stage.data() == expected[1])
            try await stage.strata("status", "--check", "--migrations", set.folder).expect(0)
            #expect(try await stage.strata("migrate", "--migrations", set.folder).output == "nothing to do\n")
        }
    }

    @Test("Killed at any moment, with files that run as a sequence among them, the next run ends in the same schema")
    func killed() async throws {
        let (expected, duration) = try await Stage.with { stage in
            let start = ContinuousClock.now
            try await stage.strata("migrate", "--migrations", Set.ledger.folder).requireStatus(0)
            let duration = ContinuousClock.now - start
            return (try await stage.schema(), duration)
        }
        var numbers = SeededNumbers(seed: 20_250_917)
        let kills = 16
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<kills {
                let part = (Double(index) + Double.random(in: 0..<1, using: &numbers)) / Double(kills)
                group.addTask { [moment = duration * part] in
                    try await Stage.with { stage in
                        _ = try await stage.strata("migrate", "--migrations", Set.ledger.folder) { run in
                            try await Task.sleep(for: moment)
                            run.kill()
                        }
                        try await stage.strata("migrate", "--migrations", Set.ledger.folder).expect(0)
                        #expect(try await stage.schema() == expected, "killed after \(moment)")
                        #expect(try await stage.history().count == (try Set.ledger.files().count))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("Exactly the files that need it run as a sequence", arguments: Set.allCases)
    func sequences(set: Set) async throws {
        let outcome = try await Program.strata().run(["validate", "--json", "--migrations", set.folder], in: Scratch())
        let plan = try #require(try outcome.document().plan)
        #expect(plan.map(\.file) == (try set.files()))
        #expect(plan.filter { $0.mode == "sequence" }.map(\.file) == set.sequences)
    }

    @Test("The sets have the traits that they are for; an editor can lose them without a sign")
    func traits() throws {
        let files = try Set.allCases.flatMap { set in
            try set.files().map { (name: $0, bytes: try set.bytes($0)) }
        }
        func count(_ trait: (String, [UInt8]) -> Bool) -> Int { files.count { trait($0.name, $0.bytes) } }
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        #expect(count { name, _ in name.prefix(while: \.isNumber).count == 20 } == 26)
        #expect(count { name, _ in name.hasPrefix("00010_") } == 1)
        #expect(count { _, bytes in bytes.contains(13) } == 3)
        #expect(count { _, bytes in bytes.last.map { $0 != 10 } ?? false } >= 10)
        #expect(count { _, bytes in bytes.isEmpty } == 1)
        #expect(count { _, bytes in bytes.contains { $0 > 127 } } == 2)
        #expect(count { _, bytes in text(bytes).contains(#/\$\w+\$/#) } >= 4)
        #expect(count { _, bytes in text(bytes).contains("CONCURRENTLY") } >= 6)
    }
}

extension Stage {
    /// Runs the prelude of a set, if it has one.
    fileprivate func prelude(of set: HistoriesTests.Set) async throws {
        let file = "\(set.folder).prelude.sql"
        if FileManager.default.fileExists(atPath: file) { try await psql(file) }
    }

    /// Lets psql execute a file, in a session of its own.
    fileprivate func psql(_ file: String) async throws {
        let arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", file]
        try await tool("psql").run(arguments, in: scratch).requireStatus(0)
    }

    /// All data but for our own.
    fileprivate func data() async throws -> String {
        let dump = try await tool("pg_dump").run(
            ["--data-only", "--inserts", "--exclude-table=public.schema_versions*", "-d", url], in: scratch)
        try dump.requireStatus(0)
        return SchemaDump.normalised(dump.output)
    }
}
