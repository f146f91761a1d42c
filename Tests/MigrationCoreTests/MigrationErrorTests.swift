// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

@Suite struct MigrationErrorTests {
    private static func report(_ ids: MigrationID...) -> MigrationReport {
        MigrationReport(applied: ids.map { AppliedMigration(migration: .sample($0), duration: .zero) })
    }

    private static let broken = Unexpected(description: "0007_x.sql:3:9: error: column \"a\" does not exist")

    @Test(arguments: [
        (
            MigrationError(code: .failed, failed: .sample("7"), report: report("1", "2", "6"), underlying: broken),
            """
            0007_x.sql:3:9: error: column "a" does not exist
            Nothing of 0007_x.sql was applied. 3 migrations before it were (0001 to 0006).
            """
        ),
        (
            MigrationError(code: .failed, failed: .sample("7"), report: report("6"), underlying: broken),
            """
            0007_x.sql:3:9: error: column "a" does not exist
            Nothing of 0007_x.sql was applied. 1 migration before it was (0006).
            """
        ),
        (
            MigrationError(code: .failed, failed: .sample("b:7"), underlying: broken),
            """
            0007_x.sql:3:9: error: column "a" does not exist
            Nothing of b/0007_x.sql was applied.
            """
        ),
        (
            MigrationError(
                code: .failed, failed: .sample("b:2"), report: report("1", "2", "b:1", "3"), underlying: Unexpected()),
            """
            the disk is full
            Nothing of b/0002_x.sql was applied. 4 migrations before it were (core 0001 to 0002, b 0001, \
            core 0003).
            """
        ),
        (
            MigrationError(
                code: .failed, failed: .sample("b:9"), report: report("1", "b:1", "2", "b:2", "3", "b:3"),
                underlying: Unexpected()),
            """
            the disk is full
            Nothing of b/0009_x.sql was applied. 6 migrations before it were (core 0001, b 0001, \
            core 0002, b 0002, core 0003, and so on).
            """
        ),
        (
            MigrationError(code: .failed, failed: .sample("2"), singleTransaction: true, underlying: Unexpected()),
            """
            the disk is full
            Nothing was applied: all migrations of this run share one transaction.
            """
        ),
        (
            MigrationError(
                code: .outcomeUnknown, failed: .sample("2"), report: report("1"),
                underlying: Unexpected(description: "the connection was lost during COMMIT")),
            """
            the connection was lost during COMMIT
            Whether 0002_x.sql took effect is not known: the next run finds out. 1 migration before it was applied and \
            stays: 0001.
            """
        ),
        (
            MigrationError(
                code: .outcomeUnknown, failed: .sample("2"), singleTransaction: true,
                underlying: Unexpected(description: "the connection was lost during COMMIT")),
            """
            the connection was lost during COMMIT
            Whether the one transaction of this run took effect is not known: the next run finds out.
            """
        ),
        (MigrationError(code: .cancelled, underlying: CancellationError()), "interrupted"),
        (
            MigrationError(code: .cancelled, report: report("1", "2"), underlying: CancellationError()),
            """
            interrupted
            2 migrations before that were applied and stay: 0001 to 0002.
            """
        ),
        (
            MigrationError(
                code: .cancelled, failed: .sample("3"), report: report("1", "2"), underlying: CancellationError()),
            """
            interrupted
            Nothing of 0003_x.sql was applied. 2 migrations before it were (0001 to 0002).
            """
        ),
        (
            MigrationError(code: .lockTimeout),
            "another run holds the lock; start this one again when it is done"
        ),
        (MigrationError(code: .storeUnavailable), "the database cannot be reached"),
        (
            MigrationError(code: .storeUnavailable, underlying: Unexpected(description: "connection refused")),
            "connection refused"
        ),
        (
            MigrationError(code: .invalidSource, underlying: Unexpected(description: "migrations/: no such folder")),
            "migrations/: no such folder"
        ),
        (
            MigrationError(
                code: .refused,
                refusals: [
                    .unknownTarget("9", newest: "2"), .invalidScript(.sample("1"), reason: "a.sql:1:1: error: no"),
                ]),
            """
            There is no migration core:9. The newest of component core is 2.
            a.sql:1:1: error: no
            Nothing was executed.
            """
        ),
        (
            MigrationError(code: .refused, report: report("1"), underlying: Unexpected(description: "not latest")),
            """
            not latest
            1 migration before that was applied and stays: 0001.
            """
        ),
    ])
    func `an error says what happened, and what is in effect now`(error: MigrationError, text: String) {
        #expect(error.description == text)
    }

    @Test(arguments: [false, true])
    func `what of a migration took effect all the same is told`(singleTransaction: Bool) {
        struct Stopped: VersionStoreError, CustomStringConvertible {
            let category = VersionStoreErrorCategory.failed
            let partialProgress: String? = "3 of its 7 statements are in effect; the next run goes on with the fourth."
            let description = "the disk is full"
        }
        let error = MigrationError(
            code: .failed, failed: .sample("7"), singleTransaction: singleTransaction, underlying: Stopped())
        #expect(
            error.description == """
                the disk is full
                3 of its 7 statements are in effect; the next run goes on with the fourth. This run had applied nothing \
                before it.
                """)
    }

    @Test func `a script that changed in the middle of a run says what stays`() async throws {
        let bench = RunnerBench(ids: ["1", "2"])
        let error = await bench.failure { () async throws(MigrationError) in
            try await bench.runner { event in
                if case .applied = event { bench.source.replace("2", with: "changed") }
            }.applyPending()
        }
        #expect(
            error?.description == """
                0002_x.sql: error: the file changed while the run was going on
                  planned  \(Checksum(of: Array("core:2".utf8)))
                  now      \(Checksum(of: Array("changed".utf8)))
                Start the run again when nobody writes to the migrations any more.
                Nothing of 0002_x.sql was applied. 1 migration before it was (0001).
                """)
    }
}
