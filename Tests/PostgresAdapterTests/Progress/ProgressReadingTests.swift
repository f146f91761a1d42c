// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import PostgresAdapter

@Suite("ProgressReading")
struct ProgressReadingTests {
    /// Every counter has another value, so that a wrong one is seen.
    private static let counters: [ProgressReading.Counter: Int64] = [
        .blocks: 1, .allBlocks: 100, .tuples: 2, .allTuples: 200, .lockers: 3, .allLockers: 300, .indexes: 4,
        .allIndexes: 400, .bytes: 5, .allBytes: 500,
    ]

    private static let (blocks, tuples) = ("1 of 100 blocks", "2 of 200 tuples")

    @Test(
        "Each phase is measured by the counter that grows in it",
        arguments: [
            ("initializing", nil), ("waiting for writers before build", "3 of 300 lockers"), ("building index", tuples),
            ("building index: initializing", nil), ("building index: scanning table", blocks),
            ("building index: sorting live tuples", nil), ("building index: loading tuples in tree", tuples),
            ("waiting for writers before validation", "3 of 300 lockers"), ("index validation: scanning index", blocks),
            ("index validation: sorting tuples", nil), ("index validation: scanning table", blocks),
            ("waiting for old snapshots", "3 of 300 lockers"),
            ("waiting for readers before marking dead", "3 of 300 lockers"),
            ("waiting for readers before dropping", "3 of 300 lockers"), ("seq scanning heap", blocks),
            ("index scanning heap", tuples), ("sorting tuples", nil), ("writing new heap", tuples),
            ("swapping relation files", nil), ("rebuilding index", "4 indexes"), ("performing final cleanup", nil),
            ("scanning heap", blocks), ("vacuuming indexes", "4 of 400 indexes"), ("vacuuming heap", blocks),
            ("cleaning up indexes", "4 of 400 indexes"), ("truncating heap", nil), ("acquiring sample rows", blocks),
            ("acquiring inherited sample rows", blocks), ("computing statistics", nil),
            ("computing extended statistics", nil), ("finalizing analyze", nil), (nil, "5 of 500 bytes"),
            ("something that comes in PostgreSQL 30", nil),
        ] as [(String?, String?)])
    func amount(phase: String?, expected: String?) {
        let reading = ProgressReading(command: "C", phase: phase, counters: Self.counters)
        #expect(reading.amount?.description == expected)
    }

    @Test("A total that the server does not know yet is not shown as 0")
    func unknownTotals() {
        var counters = Self.counters
        for total in [ProgressReading.Counter.allBlocks, .allTuples, .allLockers, .allIndexes, .allBytes] {
            counters[total] = 0
        }
        func amount(_ phase: String?) -> String? {
            ProgressReading(command: "C", phase: phase, counters: counters).amount?.description
        }
        #expect(amount("building index: scanning table") == nil)
        #expect(amount("waiting for old snapshots") == nil)
        #expect(amount("vacuuming indexes") == nil)
        #expect(amount("index scanning heap") == "2 tuples")
        #expect(amount(nil) == "2 tuples")
    }

    @Test("A row of the server is read; one in which the server hides everything is not")
    func rows() {
        let numbers = (1...10).map { Optional(String($0)) }
        let reading = ProgressReading(row: ["VACUUM", "scanning heap", "t", "7, x"] + numbers)
        #expect(reading?.counters[.blocks] == 1)
        #expect(reading?.counters[.allBytes] == 10)
        #expect(reading?.locker == "7, x")
        #expect(ProgressReading(row: [nil, nil, nil, nil] + numbers) == nil)
        #expect(ProgressReading(row: ["VACUUM"]) == nil)
    }

    @Test(
        "Only views that the server has are asked",
        arguments: [
            (120_022, ["create_index", "cluster", "vacuum"]),
            (130_000, ["create_index", "cluster", "vacuum", "analyze"]),
            (140_000, ["create_index", "cluster", "vacuum", "analyze", "copy"]),
            (180_000, ["create_index", "cluster", "vacuum", "analyze", "copy"]),
        ])
    func views(version: Int, expected: [String]) {
        let query = ProgressQuery(process: 1, serverVersion: version).reading
        let asked = query.matches(of: #/FROM pg_stat_progress_(\w+)/#).map { String($0.output.1) }
        #expect(asked == expected)
        #expect(query.contains("indexes_total") == (version >= 170_000))
    }
}
