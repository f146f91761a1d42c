// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

extension MigrationPlanTests {
    @Test(
        arguments: [
            ("by number, not by text", [("10", []), ("9", []), ("100", []), ("11", [])], ["9", "10", "11", "100"]),
            (
                "core first, then by name, seed last",
                [("seed:1", []), ("b:1", []), ("a:2", []), ("a:1", []), ("2", []), ("1", [])],
                ["1", "2", "a:1", "a:2", "b:1", "seed:1"]
            ),
            (
                "a dependency right before what needs it, and no other of its component",
                [("1", []), ("2", ["b:1"]), ("3", []), ("a:1", []), ("b:1", []), ("b:2", [])],
                ["1", "b:1", "2", "3", "a:1", "b:2"]
            ),
            (
                "a dependency with its predecessors", [("1", ["b:3"]), ("b:1", []), ("b:2", []), ("b:3", [])],
                ["b:1", "b:2", "b:3", "1"]
            ),
            (
                "dependencies of dependencies",
                [("1", []), ("2", ["b:1"]), ("b:1", ["c:2"]), ("c:1", []), ("c:2", [])],
                ["1", "c:1", "c:2", "b:1", "2"]
            ),
            (
                "several dependencies by component and version, not as they were written",
                [("1", ["z:1", "a:2", "a:1"]), ("z:1", []), ("a:1", []), ("a:2", [])], ["a:1", "a:2", "z:1", "1"]
            ),
            (
                "a dependency of two once", [("1", ["c:1"]), ("a:1", ["c:1"]), ("c:1", [])], ["c:1", "1", "a:1"]
            ),
            ("seed data before what needs it", [("1", []), ("2", ["seed:1"]), ("seed:1", [])], ["1", "seed:1", "2"]),
            ("what needs an earlier one anyway stays", [("1", []), ("2", ["1"])], ["1", "2"]),
        ] as [(String, [(MigrationID, [MigrationID])], [MigrationID])])
    func `the order follows from versions, dependencies and components`(
        rule: String, files: [(MigrationID, [MigrationID])], order: [MigrationID]
    ) {
        let migrations = files.map { Migration.sample($0.0, needs: $0.1) }
        for input in [migrations, migrations.reversed()] {
            let plan = MigrationPlan(migrations: input, history: [], options: PlanOptions(includesSeed: true))
            #expect(plan.refusals == [], "\(rule)")
            #expect(plan.steps.map(\.migration.id) == order, "\(rule)")
            #expect(plan.entries.map(\.id) == order, "\(rule)")
        }
    }

    @Test func `what is applied keeps its place among the entries`() {
        let files: [Migration] = [.sample("1"), .sample("2", needs: ["b:1"]), .sample("b:1")]
        let plan = MigrationPlan(migrations: files, history: [.sample("1"), .sample("b:1")])
        #expect(plan.entries.map(\.id) == ["1", "b:1", "2"])
        #expect(plan.steps.map(\.migration.id) == ["2"])
    }

    @Test(
        arguments: [
            (nil, [], ["1", "2", "a:1", "3", "a:2", "b:1"]),
            ("2", [], ["1", "2"]),
            ("3", [], ["1", "2", "a:1", "3"]),
            ("3", ["1"], ["2", "a:1", "3"]),
            ("a:2", [], ["a:1", "a:2"]),
            ("2", ["1", "2"], []),
            ("seed:1", [], ["seed:1"]),
        ] as [(MigrationID?, [MigrationID], [MigrationID])])
    func `a run goes as far as its target, with what that needs`(
        target: MigrationID?, history: [MigrationID], steps: [MigrationID]
    ) {
        let files = ["1", "2", "a:1", "a:2", "b:1", "seed:1", "seed:2"].map { Migration.sample($0) }
        let plan = MigrationPlan(
            migrations: files + [.sample("3", needs: ["a:1"])], history: history.map { .sample($0) },
            options: PlanOptions(target: target))
        #expect(plan.refusals == [])
        #expect(plan.steps.map(\.migration.id) == steps)
    }

    @Test(
        arguments: [
            (PlanOptions(), ["1", "a:1", "b:1"]),
            (PlanOptions(includesSeed: true), ["1", "a:1", "b:1", "seed:1"]),
            (PlanOptions(components: ["a"]), ["a:1"]),
            (PlanOptions(components: [.core, "b"]), ["1", "b:1"]),
            (PlanOptions(includesSeed: true, components: ["a"]), ["a:1", "seed:1"]),
            (PlanOptions(components: [.seed]), ["seed:1"]),
            (PlanOptions(components: []), []),
        ] as [(PlanOptions, [MigrationID])])
    func `only the components that are asked for take part, and all are listed`(
        options: PlanOptions, steps: [MigrationID]
    ) {
        let all: [MigrationID] = ["1", "a:1", "b:1", "seed:1"]
        let plan = MigrationPlan(migrations: all.map { .sample($0) }, history: [], options: options)
        #expect(plan.steps.map(\.migration.id) == steps)
        #expect(plan.entries.map(\.id) == all)
        #expect(plan.entries.filter(\.takesPart).map(\.id) == steps)
    }
}
