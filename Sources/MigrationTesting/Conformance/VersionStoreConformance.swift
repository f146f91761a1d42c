// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The rules that every ``VersionStore`` has to keep, as checks that run in any test framework.
///
/// Write a ``VersionStoreHarness`` for your store, and run each check on it:
///
/// ```swift
/// @Suite struct MyStoreTests {
///     @Test(arguments: VersionStoreConformance<MyHarness>.checks)
///     func `keeps the contract of a version store`(check: ConformanceCheck<MyHarness>) async throws {
///         try await check.run(on: MyHarness())
///     }
/// }
/// ```
///
/// Each check works in a database of its own, so they may run at the same time. None depends on how fast the machine is,
/// as long as it is not slower than ``VersionStoreHarness/patience``.
public enum VersionStoreConformance<Harness: VersionStoreHarness> {
    /// One rule of the contract.
    public typealias Check = ConformanceCheck<Harness>
    typealias Bench = ConformanceBench<Harness>

    /// All checks.
    public static var checks: [Check] {
        historyChecks + identityChecks + applyChecks + atomicityChecks + recordChecks + compatibilityChecks
            + lockChecks + lockReleaseChecks + cancellationChecks + runnerChecks
    }
}
