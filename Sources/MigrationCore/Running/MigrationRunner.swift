// SPDX-License-Identifier: Apache-2.0

/// Brings a store to the version that a source describes.
///
/// ```swift
/// let runner = MigrationRunner(source: source, store: store)
/// let report = try await runner.applyPending()
/// ```
///
/// A runner holds nothing between its calls: each opens a session of the store and closes it, whatever happens. Any number
/// of runners, in any number of processes, may work on one store at the same moment: each migration is executed once.
public struct MigrationRunner<Source: MigrationSource, Store: VersionStore>: Sendable {
    /// Where the migrations come from.
    public let source: Source
    /// What they are applied to.
    public let store: Store
    /// How this runner works.
    public let options: RunOptions
    let observe: @Sendable (MigrationEvent) -> Void

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - source: Where the migrations come from.
    ///   - store: What they are applied to.
    ///   - options: How the runner works.
    ///   - observe: Told what happens while it happens, from any thread, also by two at once; must return quickly.
    public init(
        source: Source, store: Store, options: RunOptions = RunOptions(),
        observe: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
    ) {
        self.source = source
        self.store = store
        self.options = options
        self.observe = observe
    }

    /// Applies what is pending, in order.
    ///
    /// With nothing pending this reads the history in one query, takes no lock and writes nothing. Otherwise it waits for the
    /// lock, reads the history again, plans, looks at every script of the plan, and only then executes.
    ///
    /// When the connection is lost while a migration is committed, this connects again, waits until the lost session has ended, and
    /// goes on from what the history says.
    ///
    /// - Returns: What was applied; an empty report when there was nothing to do.
    /// - Throws: ``MigrationError`` with everything that was applied before the failure.
    @discardableResult
    public func applyPending() async throws(MigrationError) -> MigrationReport {
        try await applyPending(refusingNewerSchema: false)
    }

    /// What a run would do, and why not if it would refuse: nothing is executed, no lock is taken.
    ///
    /// - Throws: ``MigrationError`` when source or store cannot be read. A plan that refuses is returned, not thrown.
    public func plan() async throws(MigrationError) -> MigrationPlan {
        var plan: MigrationPlan?
        _ = try await withRun { run in
            plan = try await run.withModes(run.computePlan())
        }
        return plan ?? MigrationPlan(migrations: [], history: [])
    }

    /// The state of every migration that the source or the history knows, in the order of execution.
    ///
    /// - Throws: ``MigrationError`` when source or store cannot be read.
    public func status() async throws(MigrationError) -> [MigrationStatus] {
        var entries: [MigrationStatus] = []
        _ = try await withRun { run in entries = try await run.computePlan().entries }
        return entries
    }

    /// Records migrations as applied without executing them, under the lock.
    ///
    /// For a database that has the changes already. A drifted migration that is named is recorded with the checksum that
    /// its file has now, and an applied one that is named with what it declares now of older builds. One that is recorded as
    /// it is stays as it is.
    ///
    /// - Parameters:
    ///   - id: The migration.
    ///   - through: Record every pending migration of its component up to it as well.
    /// - Returns: What was recorded.
    /// - Throws: ``MigrationError``; code ``MigrationError/Code/refused`` when the source does not have the migration, or has
    ///   two of its version.
    @discardableResult
    public func fake(_ id: MigrationID, through: Bool = false) async throws(MigrationError) -> MigrationReport {
        try await withRun { run in
            guard try await run.migrationsToFake(id, through: through).isEmpty == false else { return }
            try await run.lock()
            try await run.record(run.migrationsToFake(id, through: through))
        }
    }

    /// Makes sure of the latest schema, and of one that this build can work with, in one query.
    ///
    /// - Returns: What a person should know although it stops nothing.
    func requireLatestSchema() async throws(MigrationError) -> [PlanNotice] {
        var notices: [PlanNotice] = []
        _ = try await withRun { run in
            run.refusesNewerSchema = true
            let plan = try await run.computePlan()
            try run.requireCompatibility(plan)
            let behind = plan.entries.filter(\.isBehind)
            guard behind.isEmpty else {
                throw MigrationError(code: .refused, underlying: SchemaNotLatestError(entries: behind))
            }
            notices = plan.notices
        }
        return notices
    }

    /// Opens a session while the source is read, runs the body, and closes the session in every case.
    ///
    /// - Parameter reopens: Whether a session was lost just now, so that opening may take a while.
    func withRun(
        reopens: Bool = false, _ body: (inout MigrationRun<Source, Store.Session>) async throws -> Void
    ) async throws(MigrationError) -> MigrationReport {
        do {
            let (migrations, session) = try await readAndOpen(reopens: reopens)
            var run = MigrationRun(
                source: source, session: session, migrations: migrations, options: options, observe: observe,
                executionMode: { [store] in try store.executionMode(of: $0, script: $1) })
            return try await withTaskExecutorPreference(session.preferredExecutor) {
                do {
                    try await body(&run)
                    await session.close()
                    return run.report
                } catch {
                    await session.close()
                    throw run.describe(error)
                }
            }
        } catch let error as MigrationError {
            throw error
        } catch {
            throw MigrationError(code: .init(error), underlying: error)
        }
    }

    /// Reads the source while a session is opened.
    private func readAndOpen(reopens: Bool) async throws -> ([Migration], Store.Session) {
        let opening = Task {
            reopens ? try await store.reopenSession(within: options.lockWait) : try await store.openSession()
        }
        return try await withTaskCancellationHandler {
            let migrations: [Migration]
            do {
                migrations = try await source.migrations()
            } catch {
                // A mistake in the files is told at once, not after the time that a silent server is given.
                opening.cancel()
                if case .success(let session) = await opening.result { await session.close() }
                throw MigrationError(readingSource: error)
            }
            return (migrations, try await opening.value)
        } onCancel: {
            opening.cancel()
        }
    }
}
