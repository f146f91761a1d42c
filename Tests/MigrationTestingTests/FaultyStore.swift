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
    /// Short only where the fault hangs: how fast the machine is decides nothing elsewhere.
    let patience: Duration
    private let executedByLooking = InMemoryTransaction()

    init(fault: Fault?, hangs: Bool = false) {
        self.fault = fault
        // Long enough for a busy machine to get as far as the step that hangs.
        patience = hangs ? .seconds(20) : .seconds(300)
    }

    func makeStore(on database: InMemoryVersionStore) async throws -> FaultyStore {
        FaultyStore(base: database, fault: fault, executedByLooking: executedByLooking)
    }

    func crash(_ session: FaultySession, in database: InMemoryVersionStore) async throws -> Bool {
        await session.crash()
        return true
    }
}
