// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// Planning 100,000 migrations of ten components, half of them applied, some with dependencies.
struct PlanBench {
    private let count = 100_000

    func run() {
        let checksum = Checksum(of: Array("SELECT 1;".utf8))
        let components = ["core"] + (1...9).map { "component_\($0)" }
        let migrations = (0..<count).map { number in
            let component = Component(components[number % 10])
            let version = MigrationVersion(UInt64(number / 10 + 1))
            let needsCore = component != .core && number % 100 == 1
            return Migration(
                id: MigrationID(component: component, version: version), name: "\(version)_step.sql",
                checksum: checksum,
                dependencies: needsCore ? [MigrationID(version: version)] : [])
        }
        let history = migrations.prefix(count / 2).map { HistoryEntry(recording: $0) }
        var steps = 0
        let seconds = StrataBench.medianSeconds(runs: 5) {
            steps = MigrationPlan(migrations: migrations, history: history).steps.count
        }
        let milliseconds = (seconds * 10_000).rounded() / 10
        print(
            "planning \(count) migrations, \(steps) of them pending\n    \(milliseconds) ms    (aim: less than 300 ms)")
    }
}
