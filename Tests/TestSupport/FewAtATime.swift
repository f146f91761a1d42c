// SPDX-License-Identifier: Apache-2.0

package import Testing

/// Lets only a few of the cases in all suites that have it run at a time.
///
/// The stores' servers and readers have threads of their own. A hundred cases at once keep two cores so busy that tasks, which run on
/// as many threads as there are cores, take seconds for each step. A case in line is counted as running by the time limit of its suite.
package struct FewAtATime: SuiteTrait, TestTrait, TestScoping {
    private static let gate = Gate(limit: 8)

    package let isRecursive = true

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Self.gate.pass(function)
    }
}

extension Trait where Self == FewAtATime {
    /// Lets only a few of the cases in all suites that have it run at a time.
    package static var fewAtATime: Self { Self() }
}
