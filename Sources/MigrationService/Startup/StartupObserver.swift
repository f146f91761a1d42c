// SPDX-License-Identifier: Apache-2.0

/// Somebody who is told how a ``MigrationStartup`` goes on.
///
/// ``MigrationLines`` needs no other package. `MigrationLog`, `MigrationMetrics` and `MigrationTracing` come with the traits
/// `Logging`, `Metrics` and `Tracing`.
public protocol StartupObserver: Sendable {
    /// Takes an event. Called from any thread, also by two at once; must return quickly, because the run waits for it.
    func observe(_ event: StartupEvent)
}
