// SPDX-License-Identifier: Apache-2.0

/// A database that migrations are applied to and that keeps their history.
///
/// To write a store of your own, conform to this protocol and to ``VersionStoreSession``, and run the conformance
/// suite of the `MigrationTesting` product against both. Throw errors that conform to ``VersionStoreError`` where the
/// difference between "not reachable", "lock not free" and "statement failed" matters to the caller.
public protocol VersionStore: Sendable {
    /// The session that ``openSession()`` returns.
    associatedtype Session: VersionStoreSession

    /// How a script would be executed, found out from its text alone: no connection, no input or output.
    ///
    /// Called for every migration of a plan before the first one is executed. Throw when the store can tell that the
    /// script cannot run (a syntax that it does not accept, say): then nothing of the whole run is executed.
    func executionMode(of migration: Migration, script: MigrationScript) throws -> ExecutionMode

    /// Opens a session. Takes no lock and writes nothing.
    ///
    /// The caller calls ``VersionStoreSession/close()`` exactly once on each session that it got.
    func openSession() async throws -> Session

    /// Opens a session after one was lost: the store may come back in a moment, or another may take its place.
    ///
    /// By default ``openSession()``, once.
    ///
    /// - Parameter limit: For how long to try.
    func reopenSession(within limit: Duration) async throws -> Session
}

extension VersionStore {
    public func reopenSession(within limit: Duration) async throws -> Session { try await openSession() }
}
