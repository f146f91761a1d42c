// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

extension MigrationPlanTests {
    @Test func `an applied migration whose file is gone stops the run`() {
        let plan = MigrationPlan(migrations: [.sample("2")], history: [.sample("1"), .sample("2")])
        #expect(plan.refusals == [.missing(plan.entries[0])])
    }

    @Test func `a migration below an applied one stops the run, unless that is allowed`() {
        let (files, history) = (["1", "2", "3"].map { Migration.sample($0) }, [HistoryEntry.sample("2")])
        #expect(
            MigrationPlan(migrations: files, history: history).refusals
                == [.outOfOrder(.sample("1"), newestApplied: "2")])
        let allowed = MigrationPlan(
            migrations: files, history: history, options: PlanOptions(allowsOutOfOrder: true))
        #expect(allowed.refusals == [])
        #expect(allowed.steps.map(\.migration.id) == ["1", "3"])
    }

    @Test func `two files of one version stop the run, named in the same order always`() {
        let files = ["c", "a", "b"].map { Migration(id: "1", name: $0, checksum: Checksum(of: [])) }
        for input in [files, files.reversed()] {
            let plan = MigrationPlan(migrations: input, history: [])
            #expect(plan.refusals == [.duplicate(files[1], files[2]), .duplicate(files[1], files[0])])
        }
    }

    @Test(arguments: [[], [HistoryEntry.sample("b:1")]])
    func `a dependency that is not among the files stops the run, even when it is applied`(history: [HistoryEntry]) {
        let migration = Migration.sample("1", needs: ["b:1", "b:1"])
        let plan = MigrationPlan(migrations: [migration], history: history)
        #expect(plan.refusals == [.unknownDependency(migration, "b:1")])
    }

    @Test(
        arguments: [
            ([("1", ["1"])], [["1", "1"]]),
            ([("1", ["2"]), ("2", [])], [["1", "2", "1"]]),
            ([("1", ["a:1"]), ("a:1", ["1"])], [["1", "a:1", "1"]]),
            ([("1", []), ("2", ["a:1"]), ("a:1", ["b:1"]), ("b:1", ["2"])], [["2", "a:1", "b:1", "2"]]),
            ([("1", ["a:1"]), ("a:1", ["1"]), ("b:1", ["b:1"])], [["1", "a:1", "1"], ["b:1", "b:1"]]),
            ([("1", ["a:2"]), ("a:1", ["1"]), ("a:2", [])], [["1", "a:2", "a:1", "1"]]),
        ] as [([(MigrationID, [MigrationID])], [[MigrationID]])])
    func `a circle of dependencies stops the run and is printed`(
        files: [(MigrationID, [MigrationID])], circles: [[MigrationID]]
    ) {
        let plan = MigrationPlan(migrations: files.map { .sample($0.0, needs: $0.1) }, history: [])
        #expect(plan.refusals == circles.map { .dependencyCycle($0) })
    }

    @Test(
        arguments: [
            ("1", PlanOptions(components: [.core]), ["b:1"]),
            ("1", PlanOptions(target: "1", components: [.core]), ["b:1"]),
            ("1", PlanOptions(), ["seed:1"]),
            ("1", PlanOptions(target: "1"), ["seed:1"]),
            ("b:2", PlanOptions(target: "b:2"), ["seed:1"]),
        ] as [(MigrationID, PlanOptions, [MigrationID])])
    func `a dependency that takes no part stops the run, and is never applied by surprise`(
        id: MigrationID, options: PlanOptions, needs: [MigrationID]
    ) {
        let migration = Migration.sample(id, needs: needs)
        let others = ["b:1", "seed:1"].map { Migration.sample($0) }
        let plan = MigrationPlan(migrations: others + [migration], history: [], options: options)
        #expect(plan.refusals == [.dependencyTakesNoPart(migration, .sample(needs[0]))])
        #expect(!plan.steps.contains { $0.migration.id == needs[0] })
        let later = MigrationPlan(
            migrations: others + [migration], history: needs.map { .sample($0) }, options: options)
        #expect(later.refusals == [])
    }

    @Test(arguments: [("5", "2"), ("b:1", nil)] as [(MigrationID, MigrationID?)])
    func `a target that is not among the files stops the run`(target: MigrationID, newest: MigrationID?) {
        let plan = MigrationPlan(
            migrations: [.sample("1"), .sample("2")], history: [.sample("1"), .sample("5")],
            options: PlanOptions(target: target, allowsOutOfOrder: true))
        #expect(plan.refusals == [.unknownTarget(target, newest: newest)])
        #expect(plan.steps == [])
    }

    @Test func `what takes no part stops nothing`() {
        let files: [Migration] = [.sample("1"), .sample("seed:2", script: "new"), .sample("seed:3")]
        let history: [HistoryEntry] = [.sample("seed:1"), .sample("seed:2", script: "old"), .sample("seed:4")]
        #expect(MigrationPlan(migrations: files, history: history).refusals == [])
        #expect(MigrationPlan(migrations: files, history: history).notices == [])
        let asked = MigrationPlan(migrations: files, history: history, options: PlanOptions(includesSeed: true))
        #expect(asked.refusals.count == 3)
    }

    @Test func `all reasons are given, not only the first`() {
        let plan = MigrationPlan(
            migrations: [
                .sample("2", script: "new"), .sample("3"), .sample("5", needs: ["nowhere:1"]),
                .sample("b:1", needs: ["b:1"]),
            ],
            history: [.sample("1"), .sample("2", script: "old"), .sample("4")])
        #expect(
            plan.refusals == [
                .unknownDependency(.sample("5", needs: ["nowhere:1"]), "nowhere:1"), .dependencyCycle(["b:1", "b:1"]),
                .missing(plan.entries[0]), .drifted(.sample("2", script: "new"), recorded: .sample("2", script: "old")),
                .outOfOrder(.sample("3"), newestApplied: "4"), .missing(plan.entries[3]),
            ])
    }
}
