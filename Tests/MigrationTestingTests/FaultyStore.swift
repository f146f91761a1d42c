// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting

/// A good store that breaks one rule.
struct FaultyStore: VersionStore {
    let base: InMemoryVersionStore
    let fault: Fault?
    /// What a look at a script executed: a look cannot wait, so the next session writes it.
    let executedByLooking: InMemoryTransaction

    func executionMode(of migration: Migration, script: MigrationScript) throws -> ExecutionMode {
        if fault == .anyScriptIsValid { return .transaction }
        if fault == .modeExecutes { executedByLooking.leave("1") }
        return try base.executionMode(of: migration, script: script)
    }

    func openSession() async throws -> FaultySession {
        await base.database.write([], effects: executedByLooking.effects)
        return FaultySession(
            base: try await base.openSession(), database: base.database, fault: fault,
            historyAtOpening: await base.history)
    }
}

/// The harness of faulty stores; with no fault, it proves that the wrapper itself keeps the rules.
struct FaultyHarness: MarkHarness {
    let fault: Fault?
    let patience: Duration
    private let executedByLooking = InMemoryTransaction()

    init(fault: Fault?, patience: Duration = .seconds(600)) {
        self.fault = fault
        self.patience = patience
    }

    func makeStore(on database: InMemoryVersionStore) async throws -> FaultyStore {
        FaultyStore(base: database, fault: fault, executedByLooking: executedByLooking)
    }

    func crash(_ session: FaultySession, in database: InMemoryVersionStore) async throws -> Bool {
        await session.crash()
        return true
    }
}
