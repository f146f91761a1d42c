// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// What must be true in every state, and when a runner has come to its end.
struct Rules {
    let scenario: Scenario
    /// Whether `applyPending`, when it loses its connection during a commit, has to find out what became of it, and go on;
    /// otherwise it may do that, or fail, saying that it does not know.
    var resolvesUnknownOutcomes = true

    /// What is wrong with what is committed; `nil`: nothing.
    func violation(in shared: SharedState) -> String? {
        if Set(shared.effects).count < shared.effects.count { return "a statement took effect twice" }
        for (index, migration) in scenario.migrations.enumerated() {
            let steps = 0..<max(migration.steps, 1)
            let done = steps.count { shared.effects.contains(SharedState.effect(of: index, step: $0)) }
            let isRecorded = shared.isRecorded(index)
            if shared.unexecuted & 1 << UInt64(index) != 0 {
                guard done == 0 || migration.steps > 0 else {
                    return "\(migration.migration.id) is in effect but was recorded without being executed"
                }
            } else if isRecorded && done < steps.count {
                return "\(migration.migration.id) is recorded but not in effect"
            } else if !isRecorded && done > 0 && migration.steps == 0 {
                return "\(migration.migration.id) is in effect but not recorded"
            }
        }
        return violationOfOrder(in: shared)
    }

    /// Rows and effects come in the order of versions and dependencies.
    private func violationOfOrder(in shared: SharedState) -> String? {
        if let problem = violationOfOrder(shared.history.map(Int.init), "recorded") { return problem }
        var begun: [Int] = []
        var last: [Int: UInt8] = [:]
        for effect in shared.effects {
            let migration = Int(effect / 16)
            if let before = last.updateValue(effect, forKey: migration) {
                if before > effect { return "the steps of a migration took effect in another order" }
            } else {
                begun.append(migration)
            }
        }
        return violationOfOrder(begun, "executed")
    }

    private func violationOfOrder(_ order: [Int], _ what: String) -> String? {
        for (place, index) in order.enumerated() {
            let migration = scenario.migrations[index].migration
            for later in order[place...].dropFirst().map({ scenario.migrations[$0].migration }) {
                let isOlder = later.id.component == migration.id.component && later.id.version < migration.id.version
                if isOlder || migration.dependencies.contains(later.id) {
                    return "\(later.id) was \(what) after \(migration.id)"
                }
            }
        }
        return nil
    }

    /// What is wrong with the end of a runner; `nil`: nothing.
    func violation(
        _ outcome: Outcome, of kind: RunnerKind, hurt: Hurt, sessions: [Session], _ shared: SharedState
    ) -> String? {
        if sessions.contains(where: { $0.life == .alive }) { return "a runner ended without closing its session" }
        if outcome.applied & ~shared.recorded != 0 { return "a runner reports what is not in the history" }
        guard let code = outcome.code else {
            if kind.achieves & ~shared.recorded != 0 { return "a runner ended with success before all was done" }
            return nil
        }
        if code == .refused && scenario.mayRefuse { return nil }
        if hurt == .cutOffAtCommit, resolvesUnknownOutcomes, case .apply = kind.command {
            return "a runner that was cut off during a commit did not find out what became of it: \(outcome.message)"
        }
        guard !hurt.isEmpty else { return "a runner that nothing happened to failed: \(outcome.message)" }
        guard hurt.explains(code) else { return "a runner failed with \(code) after \(hurt): \(outcome.message)" }
        return nil
    }

    /// What is wrong when all runners are over, and one more came to its end undisturbed.
    func violationAtTheEnd(_ shared: SharedState) -> String? {
        shared.journal.contains { !$0.isEmpty } ? "something stayed unfinished" : nil
    }
}

/// How a runner came to its end.
struct Outcome: Hashable, Sendable {
    /// `nil`: with success.
    var code: MigrationError.Code?
    var message = ""
    /// What it says that it applied or recorded, as a set of bits.
    var applied: UInt64
}
