// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// The folder of a runner.
struct ModelSource: MigrationSource {
    let scenario: Scenario
    let folder: [Int]

    func migrations() async throws -> [Migration] { folder.map { scenario.migrations[$0].migration } }

    func script(for migration: Migration) async throws -> MigrationScript {
        MigrationScript(scenario.migrations[scenario.index(of: migration.id)].script)
    }
}

/// A store whose sessions ask the scheduler for everything.
struct ModelStore: VersionStore {
    let scenario: Scenario
    let process: RunnerProcess

    func executionMode(of migration: Migration, script: MigrationScript) throws -> ExecutionMode {
        let isSequence = scenario.migrations[scenario.index(of: migration.id)].steps > 0
        return isSequence ? ExecutionMode(name: "sequence") : .transaction
    }

    func openSession() async throws -> ModelSession {
        try Task.checkCancellation()
        let session = ModelSession(scenario: scenario, process: process, number: process.nextSession())
        try await session.ask(.open)
        return session
    }
}

struct ModelError: VersionStoreError, CustomStringConvertible {
    var category: VersionStoreErrorCategory
    var description: String
    var partialProgress: String?
}
