// SPDX-License-Identifier: Apache-2.0

/// One run on one open session: what `MigrationRunner` does step by step.
struct MigrationRun<Source: MigrationSource, Session: VersionStoreSession> {
    let source: Source
    let session: Session
    let migrations: [Migration]
    let options: RunOptions
    let observe: @Sendable (MigrationEvent) -> Void
    let executionMode: (Migration, MigrationScript) throws -> ExecutionMode
    /// Refuse a plan when the history has something newer that this build cannot work with.
    var refusesNewerSchema = false
    private(set) var report = MigrationReport()
    /// The migration that is being executed.
    private var current: Migration?
    /// What shares its transaction, with how long each took.
    private var batch: [AppliedMigration] = []

    init(
        source: Source, session: Session, migrations: [Migration], options: RunOptions,
        observe: @escaping @Sendable (MigrationEvent) -> Void,
        executionMode: @escaping (Migration, MigrationScript) throws -> ExecutionMode
    ) {
        self.source = source
        self.session = session
        self.migrations = migrations
        self.options = options
        self.observe = observe
        self.executionMode = executionMode
    }

    /// Reads the history and plans.
    func computePlan() async throws -> MigrationPlan {
        let history = try await session.history()
        let plan = MigrationPlan(migrations: migrations, history: history, options: options.plan)
        // Only what is pending can be unfinished; with nothing pending one query is all. Seed data that nobody asked for
        // stays unapplied for ever and must not cost a second one.
        let mayBeUnfinished = plan.entries.contains { $0.entry == nil && $0.takesPart }
        let unfinished = mayBeUnfinished ? try await session.unfinished() : []
        let sameText = try await migrationsWithSameText(plan)
        guard !sameText.isEmpty || !unfinished.isEmpty else { return plan }
        return MigrationPlan(
            migrations: migrations, history: history, options: options.plan, unfinished: unfinished, sameText: sameText)
    }

    /// Which drifted migrations differ from what was applied only in line endings or a byte order mark.
    private func migrationsWithSameText(_ plan: MigrationPlan) async throws -> Set<MigrationID> {
        var result: Set<MigrationID> = []
        for status in plan.entries where status.state == .drifted {
            guard let migration = status.migration, let entry = status.entry else { continue }
            let script = try await reading { try await source.script(for: migration) }
            let isSameText = try await reading {
                try Checksum.differsOnlyInLineEndings(recorded: entry.checksum, script: script)
            }
            if isSameText { result.insert(status.id) }
        }
        return result
    }

    /// A plan that may be executed: refusals are thrown.
    mutating func makePlan() async throws -> MigrationPlan {
        let plan = try await computePlan()
        report.notices = plan.notices
        try requireCompatibility(plan)
        guard plan.refusals.isEmpty else { throw MigrationError(code: .refused, refusals: plan.refusals) }
        if plan.steps.isEmpty { plan.notices.forEach { observe(.planNotice($0)) } }
        return plan
    }

    /// Throws when this build must not work with a schema that is newer than its files, if that matters to the run.
    func requireCompatibility(_ plan: MigrationPlan) throws(MigrationError) {
        guard refusesNewerSchema, let error = SchemaTooNewError(plan) else { return }
        throw MigrationError(code: .refused, refusals: plan.refusals, underlying: error)
    }

    /// Looks at the script of every step: how it is going to be executed, and whether it can be at all.
    func withModes(_ plan: MigrationPlan) async throws -> MigrationPlan {
        var plan = plan
        for (index, step) in plan.steps.enumerated() {
            let batch = MigrationBatch([step.migration], from: source)
            let script = try await reading { try await batch.unverifiedScript(for: step.migration) }
            do {
                let mode = try await mode(of: step.migration, script)
                plan.steps[index].mode = mode
                if options.singleTransaction && mode.name != ExecutionMode.transaction.name {
                    plan.refusals.append(.invalidScript(step.migration, reason: Self.cannotShare(step.migration, mode)))
                }
            } catch let failure as SessionFailure {
                throw failure.underlying
            } catch {
                plan.refusals.append(.invalidScript(step.migration, reason: String(describing: error)))
            }
        }
        return plan
    }

    /// A session could not be asked: that says nothing of the script.
    private struct SessionFailure: Error {
        let underlying: any Error
    }

    /// The session knows best; what it leaves open, the text tells.
    private func mode(of migration: Migration, _ script: MigrationScript) async throws -> ExecutionMode {
        do {
            if let mode = try await session.executionMode(of: migration, script: script) { return mode }
        } catch let error as any VersionStoreError where error.category == .invalidScript {
            throw error
        } catch {
            throw SessionFailure(underlying: error)
        }
        return try executionMode(migration, script)
    }

    /// Names a failure of the source what it is: nothing was executed yet.
    private func reading<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            throw MigrationError(readingSource: error)
        }
    }

    private static func cannotShare(_ migration: Migration, _ mode: ExecutionMode) -> String {
        """
        \(migration.path) cannot be part of one transaction\(mode.reason.map { ": \($0)" } ?? ""). Run without \
        --single-transaction.
        """
    }

    func lock() async throws {
        let observe = observe
        try await session.lock(LockRequest(timeout: options.lockWait)) { event in
            if case .waitingForLock(let holder) = event { observe(.waitingForLock(holder: holder)) }
        }
    }

    /// Executes a plan without refusals, under the lock.
    mutating func execute(_ plan: MigrationPlan) async throws {
        let plan = try await withModes(plan)
        guard plan.refusals.isEmpty else { throw MigrationError(code: .refused, refusals: plan.refusals) }
        plan.notices.forEach { observe(.planNotice($0)) }
        observe(.planned(plan))
        let pending = plan.steps.map(\.migration)
        let progress = RunProgress(total: pending.count, observe: observe)
        let batches = options.singleTransaction ? [pending] : pending.map { [$0] }
        for batch in batches {
            try Task.checkCancellation()
            current = batch.first
            progress.beginBatch()
            let applied: [AppliedMigration]
            do {
                applied = try await session.apply(MigrationBatch(batch, from: source), observe: progress.handle)
            } catch {
                // A batch may fail before it tells of its first migration: then the last one told of is of an earlier batch.
                if let told = progress.current, batch.contains(where: { $0.id == told.id }) { current = told }
                let elapsed = (error as? any VersionStoreError)?.elapsed ?? .zero
                self.batch = batch.map { migration in
                    progress.executed.first { $0.migration.id == migration.id }
                        ?? AppliedMigration(migration: migration, duration: elapsed)
                }
                throw error
            }
            current = nil
            report.applied += applied
            applied.forEach { observe(.applied($0)) }
        }
    }

    /// Takes up what another session left open: what of it is in the history was applied. Requires the lock.
    mutating func findOutcome(of unknown: MigrationError) async throws {
        let history = try await session.history()
        // Another server that took the place of the lost one may have less: that is applied once more.
        report.applied = unknown.report.applied.filter { applied in history.contains { $0.id == applied.migration.id } }
        for applied in unknown.uncertain {
            let migration = applied.migration
            guard history.contains(where: { $0.id == migration.id && $0.checksum == migration.checksum }) else {
                continue
            }
            report.applied.append(applied)
            observe(.applied(applied))
        }
    }

    /// What `fake` has to record.
    func migrationsToFake(_ id: MigrationID, through: Bool) async throws -> [Migration] {
        var planning = options.plan
        planning.target = id
        func isNamed(_ other: MigrationID) -> Bool {
            other == id || (through && other.component == id.component && other.version < id.version)
        }
        let history = try await session.history()
        let plan = MigrationPlan(migrations: migrations, history: history, options: planning)
        let ambiguous = plan.refusals.filter { refusal in
            switch refusal {
            case .unknownTarget: true
            case .duplicate(let first, _): isNamed(first.id)
            default: false
            }
        }
        guard ambiguous.isEmpty else { throw MigrationError(code: .refused, refusals: ambiguous) }
        return plan.entries.filter { status in
            switch status.state {
            case .pending, .outOfOrder, .incomplete: isNamed(status.id)
            case .drifted: status.id == id
            case .applied: status.id == id && !status.isRecordedAsDeclared
            default: false
            }
        }.compactMap(\.migration)
    }

    mutating func record(_ migrations: [Migration]) async throws {
        guard !migrations.isEmpty else { return }
        try await session.record(migrations)
        report.recorded = migrations
    }

    /// An error with what this run knows about it.
    func describe(_ error: any Error) -> MigrationError {
        var result = error as? MigrationError ?? MigrationError(code: .init(error), underlying: error)
        result.report = report
        result.failed = current
        result.singleTransaction = options.singleTransaction
        result.uncertain = batch
        return result
    }
}
