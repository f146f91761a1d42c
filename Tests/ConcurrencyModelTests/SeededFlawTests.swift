// SPDX-License-Identifier: Apache-2.0

import Testing

/// The exploration is worth something only if it finds what is wrong.
@Suite struct SeededFlawTests {
    @Test("a flaw is found, with the nearest way to it", arguments: Flaw.allCases)
    func isFound(_ flaw: Flaw) async throws {
        let (scenario, violation) = Self.case(for: flaw)
        let clean = try await Exploration(scenario).run()
        #expect(clean.counterexample == nil, "without the flaw there is nothing wrong")

        let result = try await Exploration(scenario.with(flaw)).run()
        let example = try #require(result.counterexample, "\(flaw) was not found: \(result)")
        print("model: \(flaw): \(example)")
        #expect(example.violation.contains(violation))
    }

    /// The smallest scenario that shows a flaw, and what it breaks.
    private static func `case`(for flaw: Flaw) -> (Scenario, violation: String) {
        func plain(_ migrations: Int, runners: Int, faults: Int = 0) -> Scenario {
            Scenario(flaw.rawValue, ModelMigration.plain(migrations), runners: runners, faults: faults)
        }
        let recording = Scenario(
            flaw.rawValue, ModelMigration.plain(1), kinds: [RunnerKind(folder: [0], command: .fake(0))], runners: [0],
            last: 0, faults: 0)
        let steps = Scenario(flaw.rawValue, [ModelMigration("1", steps: 1)], runners: 1, faults: 1)
        return switch flaw {
        case .noLock: (plain(1, runners: 2), "nothing happened to failed")
        case .historyIsNotReadAgainUnderTheLock: (plain(1, runners: 2), "nothing happened to failed")
        case .lockIsReleasedBeforeApply, .lockIsReleasedBeforeCommit:
            (plain(2, runners: 2), "nothing happened to failed")
        case .historyHasATransactionOfItsOwn: (plain(1, runners: 1), "in effect but not recorded")
        case .historyIsWrittenFirst: (plain(1, runners: 1), "recorded but not in effect")
        case .noFence: (plain(1, runners: 2, faults: 1).losingLocks(), "nothing happened to failed")
        case .flagBlocksTheNextRun: (plain(1, runners: 1, faults: 1), "nothing happened to failed")
        case .lockOutlivesItsSession: (plain(1, runners: 1, faults: 1).with([.crash]), "nobody comes to an end")
        case .stepsAreNotAnnounced, .startedStepsAreRepeated: (steps, "took effect twice")
        case .unknownStepsCountAsDone: (steps, "recorded but not in effect")
        case .stepsRunBackwards:
            (Scenario(flaw.rawValue, [ModelMigration("1", steps: 2)], runners: 1, faults: 0), "in another order")
        case .journalIsNotEmptied: (steps, "stayed unfinished")
        case .recordingExecutes: (recording, "recorded without being executed")
        case .applyDoesNothing: (plain(1, runners: 1), "before all was done")
        case .lostCommitsCountAsDone: (plain(1, runners: 1, faults: 1), "reports what is not in the history")
        case .lostConnectionsCountAsFailures: (plain(1, runners: 1, faults: 1), "failed with failed after")
        case .closeDoesNothingWhenCancelled: (plain(1, runners: 1, faults: 1), "without closing its session")
        }
    }
}
