// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite struct MigrationPlanTests {
    typealias Case = (files: [MigrationID], history: [MigrationID], states: [String])

    @Test(
        arguments: [
            ([], [], []),
            (["1", "2"], [], ["core:1 PENDING", "core:2 PENDING"]),
            (["1", "2"], ["1"], ["core:1 APPLIED", "core:2 PENDING"]),
            (["1", "2"], ["1", "2"], ["core:1 APPLIED", "core:2 APPLIED"]),
            (["1", "2"], ["2"], ["core:1 OUT OF ORDER", "core:2 APPLIED"]),
            (["2"], ["1", "2"], ["core:1 MISSING", "core:2 APPLIED"]),
            (["1"], ["1", "2"], ["core:1 APPLIED", "core:2 AHEAD"]),
            ([], ["1"], ["core:1 AHEAD"]),
            (["1", "2"], ["1", "3"], ["core:1 APPLIED", "core:2 OUT OF ORDER", "core:3 AHEAD"]),
            (["3"], ["1"], ["core:1 MISSING", "core:3 PENDING"]),
            (["1", "b:1"], ["b:1"], ["core:1 PENDING", "b:1 APPLIED"]),
            (["1"], ["1", "b:1"], ["core:1 APPLIED", "b:1 AHEAD"]),
            (["1", "b:2"], ["b:1"], ["core:1 PENDING", "b:1 MISSING", "b:2 PENDING"]),
            (["1", "seed:1"], ["1"], ["core:1 APPLIED", "seed:1 PENDING"]),
        ] as [Case])
    func `a state follows from files and history`(sample: Case) {
        let plan = MigrationPlan(
            migrations: sample.files.map { .sample($0) }, history: sample.history.map { .sample($0) })
        #expect(plan.entries.map { "\($0.id) \($0.state.label)" } == sample.states)
    }

    @Test func `an applied file with another checksum is drifted`() {
        let plan = MigrationPlan(migrations: [.sample("1", script: "new")], history: [.sample("1", script: "old")])
        #expect(plan.entries.map(\.state) == [.drifted])
        #expect(plan.refusals == [.drifted(.sample("1", script: "new"), recorded: .sample("1", script: "old"))])
    }

    @Test func `a drifted file that is known to be the same text is applied, with a notice`() {
        let (now, before) = (Migration.sample("1", script: "a\r\n"), HistoryEntry.sample("1", script: "a\n"))
        let plan = MigrationPlan(migrations: [now], history: [before], sameText: ["1"])
        #expect(plan.isUpToDate)
        #expect(plan.entries.map(\.state) == [.applied])
        #expect(plan.notices == [.lineEndings(now, recorded: before.checksum)])
    }

    @Test func `migrations ahead are a notice, not a refusal`() {
        let plan = MigrationPlan(migrations: [.sample("1")], history: [.sample("1"), .sample("2"), .sample("3")])
        #expect(plan.isUpToDate)
        #expect(plan.notices == [.ahead(Array(plan.entries.suffix(2)))])
    }

    @Test func `steps are what is pending and takes part, in order`() {
        let plan = MigrationPlan(
            migrations: ["seed:1", "b:1", "2", "1", "3"].map { .sample($0) }, history: [.sample("1")])
        #expect(plan.steps.map(\.migration.id) == ["2", "3", "b:1"])
        #expect(plan.steps.allSatisfy { $0.mode == nil })
        #expect(!plan.isUpToDate)
    }

    @Test func `a history with two entries of one migration takes the one that the file does not match`() {
        let entries: [HistoryEntry] = [.sample("1"), .sample("1", script: "other"), .sample("2"), .sample("2")]
        for history in [entries, entries.reversed()] {
            let plan = MigrationPlan(migrations: [.sample("1"), .sample("2", needs: ["1"])], history: history)
            #expect(plan.entries.map(\.state) == [.drifted, .applied])
        }
        #expect(MigrationPlan(migrations: [], history: entries).entries.map(\.state) == [.ahead, .ahead])
    }

    @Test func `the same input in any order gives the same plan`() {
        var generator = SeededGenerator(state: 20_250_916)
        for _ in 1...20 {
            var (files, history) = Self.randomInput(using: &generator)
            let options = PlanOptions(includesSeed: Bool.random(using: &generator))
            let plan = MigrationPlan(migrations: files, history: history, options: options)
            for _ in 1...5 {
                files.shuffle(using: &generator)
                history.shuffle(using: &generator)
                #expect(MigrationPlan(migrations: files, history: history, options: options) == plan)
            }
        }
    }

    /// Files of four components with circles, duplicates and unknown dependencies among them, and a history with gaps.
    private static func randomInput(using generator: inout SeededGenerator) -> ([Migration], [HistoryEntry]) {
        let components: [Component] = [.core, "a", "b", .seed]
        let ids = components.flatMap { component in
            (1...12).map { MigrationID(component: component, version: MigrationVersion(UInt64($0))) }
        }
        var files = ids.map { id in
            let needs = (0..<Int.random(in: 0...2, using: &generator)).compactMap { _ in
                Int.random(in: 0..<4, using: &generator) == 0 ? ids.randomElement(using: &generator) : nil
            }
            return Migration.sample(id, needs: needs)
        }
        files.append(.sample("3", script: "twice"))
        files[0].dependencies.append("nowhere:1")
        let history = ids.filter { _ in Bool.random(using: &generator) }.map { id in
            HistoryEntry.sample(id, script: Int.random(in: 0..<5, using: &generator) == 0 ? "drifted" : nil)
        }
        return (files, history)
    }

    @Test(.timeLimit(.minutes(15)))
    func `a plan of 100,000 migrations with a chain of dependencies is computed without recursion or squares`() {
        let count: UInt64 = 50_000
        var files: [Migration] = []
        let checksum = Checksum(of: [])
        for number in 1...count {
            let version = MigrationVersion(number)
            let id = MigrationID(component: "b", version: version)
            files.append(Migration(id: id, name: "b", checksum: checksum))
            files.append(
                Migration(id: MigrationID(version: version), name: "core", checksum: checksum, dependencies: [id]))
        }
        let plan = MigrationPlan(migrations: files, history: [])
        #expect(plan.refusals == [])
        #expect(plan.steps.map(\.migration) == files)
    }
}
