// SPDX-License-Identifier: Apache-2.0

/// One connection to a ``VersionStore``, used by one run.
///
/// Order of the calls: ``history()`` any number of times; then, only when there is something to do,
/// ``lock(_:observe:)`` once, ``history()`` again, and ``apply(_:observe:)`` or ``record(_:)`` any number of times;
/// ``close()`` once, always, also after an error or a cancellation.
///
/// All of them honour cancellation of the calling task, except ``close()``, which always does its work.
public protocol VersionStoreSession: Sendable {
    /// An executor on which a run that uses this session is executed, so that its calls of the session need not switch
    /// threads; `nil`, which is the default: wherever Swift likes.
    var preferredExecutor: (any TaskExecutor)? { get }

    /// What is applied, in any order, read in one consistent look. A store that never saw a migration has no history.
    ///
    /// Each entry has what was recorded of its migration, also what that declared of older builds
    /// (``HistoryEntry/compatibleWith``). Before the lock is held this takes no lock and writes nothing: it is all that a run with
    /// nothing to do costs.
    func history() async throws -> [HistoryEntry]

    /// Migrations that a store executes step by step and that are not done yet. Most stores have none.
    ///
    /// Called after ``history()`` when something is pending; writes nothing.
    func unfinished() async throws -> [UnfinishedMigration]

    /// How a script of a plan is going to be executed, where the store has to be asked; `nil`, which is the default: as
    /// ``VersionStore/executionMode(of:script:)`` says, which is then called instead.
    ///
    /// Called after ``history()`` for each script of a plan, in the order of the plan, with and without the lock; writes and
    /// executes nothing, and costs nothing for a script whose text tells. ``apply(_:observe:)`` executes the script as this says.
    /// Throw an error of category ``VersionStoreErrorCategory/invalidScript`` when the script cannot run; any other ends the run.
    func executionMode(of migration: Migration, script: MigrationScript) async throws -> ExecutionMode?

    /// Takes the lock that makes this session the only one that changes the history, and prepares the history.
    ///
    /// Waits by asking again, never by blocking in the store, until the deadline of the request; then throws an error of
    /// category ``VersionStoreErrorCategory/lockTimeout``. The lock ends with the session, and with its process.
    ///
    /// - Parameters:
    ///   - request: How long to wait.
    ///   - observe: Told who holds the lock while this call waits.
    func lock(_ request: LockRequest, observe: @escaping @Sendable (StoreEvent) -> Void) async throws

    /// Executes the migrations of a batch, in order, and records them, all of it or nothing.
    ///
    /// Requires the lock. When this returns, every script of the batch took effect and is in the history. When it throws,
    /// none is, with one exception: a lost connection can leave it unknown, and the error then says so. After a crash at
    /// any moment either all of the batch is in effect and in the history, or nothing is in either.
    ///
    /// A store whose language has statements that cannot be undone may execute a script that holds some step by step, when it
    /// is alone in its batch: it keeps a journal, a failure tells ``VersionStoreError/partialProgress``, and the next call for
    /// the same migration goes on from there. Its history entry still appears only when all of it is in effect.
    ///
    /// - Returns: What was applied, in order, with how long each took.
    func apply(
        _ batch: MigrationBatch, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws -> [AppliedMigration]

    /// Records migrations as applied without executing them, all or none. Requires the lock.
    ///
    /// An entry that exists already gets the checksum, the name and the ``Migration/Directives/compatibleWith`` of the
    /// migration given here.
    func record(_ migrations: [Migration]) async throws

    /// Releases the lock and gives the connection back. Called once; never throws, also when the connection is lost.
    func close() async
}

extension VersionStoreSession {
    /// None.
    public var preferredExecutor: (any TaskExecutor)? { nil }

    /// As the text says.
    public func executionMode(of migration: Migration, script: MigrationScript) async throws -> ExecutionMode? { nil }

    /// None.
    public func unfinished() async throws -> [UnfinishedMigration] { [] }
}
