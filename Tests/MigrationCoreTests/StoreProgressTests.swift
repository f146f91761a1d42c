// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite("StoreProgress")
struct StoreProgressTests {
    private static func progress(_ amount: StoreProgress.Amount?, waitsFor: String? = nil) -> StoreProgress {
        StoreProgress(
            migration: Migration(id: MigrationID(version: 1), name: "0001_a.sql", checksum: Checksum(of: [])),
            command: "VACUUM", object: "t", phase: "scanning heap", amount: amount,
            waitsFor: waitsFor.map { LockHolder(description: $0) })
    }

    @Test(
        "The part that is done is known where the total is, and is never more than all",
        arguments: [(0, 4, 0), (1, 4, 0.25), (4, 4, 1), (5, 4, 1), (-1, 4, 0), (1, 0, nil), (1, nil, nil)]
            as [(Int64, Int64?, Double?)])
    func fraction(done: Int64, total: Int64?, expected: Double?) {
        #expect(Self.progress(StoreProgress.Amount(done, of: total, .blocks)).fraction == expected)
    }

    @Test(
        "It reads as a line",
        arguments: [
            (progress(nil), "VACUUM  t  scanning heap"),
            (progress(.init(12, of: nil, .tuples)), "VACUUM  t  scanning heap  (12 tuples)"),
            (progress(.init(1200, of: 2857, .blocks)), "VACUUM  t  scanning heap  42 %  (1200 of 2857 blocks)"),
            (progress(.init(999, of: 1000, .blocks)), "VACUUM  t  scanning heap  99 %  (999 of 1000 blocks)"),
            (
                progress(.init(1, of: 2, .lockers), waitsFor: "process 7"),
                "VACUUM  t  scanning heap  50 %  (1 of 2 lockers, waits for process 7)"
            ),
        ])
    func line(progress: StoreProgress, expected: String) {
        #expect(progress.description == expected)
    }
}
