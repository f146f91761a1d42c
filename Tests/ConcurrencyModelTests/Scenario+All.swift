// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import Testing

extension Scenario {
    /// What is explored. `STRATA_MODEL_RUNNERS` and `STRATA_MODEL_FAULTS` replace the numbers that are used here.
    static let all: [Scenario] = [
        Scenario("one transaction each", ModelMigration.plain(3), runners: runners(3), faults: faults(2)),
        Scenario("a crowd", ModelMigration.plain(2), runners: runners(5), faults: faults(1)),
        Scenario("many faults", ModelMigration.plain(2), runners: runners(2), faults: faults(3)),
        Scenario(
            "one fails once", [ModelMigration("1"), ModelMigration("2", failsOnce: true), ModelMigration("3")],
            runners: runners(3), faults: faults(1)),
        Scenario(
            "all in one transaction", [ModelMigration("1"), ModelMigration("2", failsOnce: true), ModelMigration("3")],
            runners: runners(3), faults: faults(2), options: RunOptions(singleTransaction: true)),
        Scenario(
            "an older and a newer folder", ModelMigration.plain(4),
            kinds: [RunnerKind(folder: [0, 1]), RunnerKind(folder: [0, 1, 2, 3])], runners: alternating(3, kinds: 2),
            last: 1, faults: faults(1)),
        components,
        Scenario(
            "steps with a journal", [ModelMigration("1", steps: 2), ModelMigration("2")],
            runners: runners(2), faults: faults(2)),
        Scenario(
            "steps, and one fails once", [ModelMigration("1", steps: 2, failsOnce: true), ModelMigration("2")],
            runners: runners(3), faults: faults(1)),
        Scenario(
            "recorded by hand meanwhile", ModelMigration.plain(2),
            kinds: [RunnerKind(folder: [0, 1]), RunnerKind(folder: [0, 1], command: .fake(0))],
            runners: alternating(3, kinds: 2), last: 0, faults: faults(2)),
        Scenario(
            "the lock is lost and the session is not", ModelMigration.plain(2), runners: runners(3), faults: faults(2)
        ).losingLocks(),
        branches,
    ]

    /// Two builds, each with a migration that the other does not have.
    static let branches: Scenario = {
        var scenario = Scenario(
            "two branches", ModelMigration.plain(3),
            kinds: [RunnerKind(folder: [0, 1]), RunnerKind(folder: [0, 2])], runners: alternating(2, kinds: 2),
            last: nil,
            faults: faults(1))
        scenario.mayRefuse = true
        return scenario
    }()

    /// Components that depend on each other, in builds that each lack something.
    private static let components: Scenario = {
        let (billing, audit) = (Component("billing"), Component("audit"))
        let start = MigrationID(version: 1)
        let migrations = [
            ModelMigration("1"),
            ModelMigration("1", component: billing, dependsOn: [start]),
            ModelMigration("2", dependsOn: [MigrationID(component: billing, version: 1)]),
            ModelMigration("1", component: audit, dependsOn: [start]),
        ]
        return Scenario(
            "components that depend on each other", migrations,
            kinds: [RunnerKind(folder: [0, 1, 2]), RunnerKind(folder: [0, 3]), RunnerKind(folder: [0, 1, 2, 3])],
            runners: alternating(3, kinds: 2), last: 2, faults: faults(1))
    }()

    private static func runners(_ count: Int) -> Int { number("STRATA_MODEL_RUNNERS") ?? count }

    private static func faults(_ count: Int) -> Int { number("STRATA_MODEL_FAULTS") ?? count }

    private static func alternating(_ count: Int, kinds: Int) -> [Int] { (0..<runners(count)).map { $0 % kinds } }

    private static func number(_ variable: String) -> Int? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
    }
}

extension Scenario: CustomTestStringConvertible {
    var testDescription: String { name }
}

extension Exploration.Result: CustomStringConvertible {
    /// One line. Equal runners are not told apart, and one that is over leaves no trace: so there are few ends.
    var description: String {
        func count(_ number: Int, _ one: String) -> String { "\(number.formatted()) \(one)\(number == 1 ? "" : "s")" }
        let size = [
            count(scenario.runners.count, "runner"), count(scenario.migrations.count, "migration"),
            count(scenario.faultLimit, "fault"),
        ].joined(separator: ", ")
        let seen = [
            count(states, "state"), count(steps, "step"), count(ends, "end"),
            count(counterexample == nil ? 0 : 1, "violation"),
        ].joined(separator: ", ")
        return "model: \(scenario.name): \(size): \(seen) (\(count(runs, "start")) of the real runner)"
    }
}
