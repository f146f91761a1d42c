// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// Migrations that cannot run in one transaction: as `Sources/PostgresAdapter/Sequence` does it.
extension ModelSession {
    func applySteps(of index: Int, _ batch: MigrationBatch, observe: (StoreEvent) -> Void) async throws {
        guard let migration = batch.migrations.first else { return }
        observe(.started(migration))
        guard case .steps(let states) = try await ask(.readJournal(index)) else { return }
        let steps = Array(0..<scenario.migrations[index].steps)
        for step in scenario.flaw == .stepsRunBackwards ? steps.reversed() : steps {
            switch step < states.count ? states[step] : .untouched {
            case .done: break
            case .untouched, .redo: try await run(index, step)
            case .started: try await complete(index, step)
            }
        }
        try await ask(.finish(index))
        observe(.executed(AppliedMigration(migration: migration, duration: .zero)))
    }

    private func run(_ index: Int, _ step: Int) async throws {
        if scenario.flaw != .stepsAreNotAnnounced { try await ask(.note(index, step: step, .started)) }
        do {
            try await ask(.executeStep(index, step: step))
        } catch let error as ModelError where error.category == .failed {
            // It is known that nothing of it is there.
            _ = try? await ask(.note(index, step: step, .redo))
            throw error
        }
        try await ask(.note(index, step: step, .done))
    }

    /// An earlier run started it, and nobody saw the end: the catalog tells.
    private func complete(_ index: Int, _ step: Int) async throws {
        switch scenario.flaw {
        case .startedStepsAreRepeated: return try await run(index, step)
        case .unknownStepsCountAsDone: break
        default:
            guard try await ask(.lookForEffect(index, step: step)) == .done else { return try await run(index, step) }
        }
        try await ask(.note(index, step: step, .done))
    }
}
