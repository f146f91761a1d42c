// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

@Suite struct VersionStoreConformanceTests {
    @Test(arguments: VersionStoreConformance<InMemoryHarness>.checks)
    func `the in-memory store keeps every rule`(check: ConformanceCheck<InMemoryHarness>) async throws {
        #expect(try await check.run(on: InMemoryHarness()) == .passed)
    }

    @Test(arguments: VersionStoreConformance<FaultyHarness>.checks)
    func `the wrapper that breaks rules keeps them all when it is told to break none`(
        check: ConformanceCheck<FaultyHarness>
    ) async throws {
        #expect(try await check.run(on: FaultyHarness(fault: nil)) == .passed)
    }

    @Test(arguments: Expectation.all)
    func `a store that breaks a rule fails the check of that rule`(expectation: Expectation) async throws {
        let check = try #require(
            VersionStoreConformance<FaultyHarness>.checks.first { $0.description == expectation.rule },
            "no check is named \(expectation.rule)")
        // A fault that hangs takes all of the patience; a busy machine needs more of it to get as far as the step that hangs.
        let patience: [Int] = expectation.hangs ? [10, 30, 90, 270] : [600]
        for seconds in patience {
            let harness = FaultyHarness(fault: expectation.fault, patience: .seconds(seconds))
            let failure = await #expect(throws: ConformanceFailure.self) { try await check.run(on: harness) }
            let message = try #require(failure?.message)
            #expect(failure?.rule == expectation.rule)
            if message.contains(expectation.message) { return }
            guard seconds != patience.last, message.contains(" did not end") else {
                Issue.record("it says: \(message)")
                return
            }
        }
    }

    @Test func `every check is proved to fail by some fault, and every fault is caught`() {
        let rules = Set(VersionStoreConformance<FaultyHarness>.checks.map(\.description))
        #expect(rules.subtracting(Expectation.all.map(\.rule)) == [])
        #expect(Set(Fault.allCases).subtracting(Expectation.all.map(\.fault)) == [])
    }

    @Test func `rules have names of their own`() {
        let rules = VersionStoreConformance<InMemoryHarness>.checks.map(\.description)
        #expect(Set(rules).count == rules.count)
    }

    @Test func `a check whose means the harness lacks is skipped, not passed`() async throws {
        var skipped: Set<String> = []
        for check in VersionStoreConformance<BareHarness>.checks {
            guard case .skipped = try await check.run(on: BareHarness()) else { continue }
            skipped.insert(check.description)
        }
        #expect(
            skipped == [
                "looking for unfinished migrations writes nothing",
                "reading the history before the lock writes nothing", "a runner with nothing to do writes nothing",
                "a session that refuses an invalid script names the category invalid script",
                "an invalid script is refused by its text",
                "an invalid script stops a run before anything is executed",
                "a crash of the session that holds the lock frees it",
                "a crash while a script runs leaves neither effect nor history nor lock",
                "closing a session that crashed returns",
                "cancelling a script that runs ends it, as category cancelled, and leaves nothing",
                "cancelling a batch leaves nothing of the scripts that ran before",
                "a run that was cancelled frees the lock, and the next one works",
            ])
    }
}
