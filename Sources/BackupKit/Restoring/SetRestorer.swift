// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Brings sets back: all stores, or some.
///
/// Nothing of a store is touched before the replacements of all of them stand beside them, whole and verified. Then one after the other
/// takes its place. When one of them cannot, those before it are put back.
public struct SetRestorer: Sendable {
    /// How a restore is made.
    public struct Options: Sendable {
        /// A name to restore into instead of the store's own, by store.
        public var into: [StoreName: String] = [:]
        /// The newest migration of each component that the files at hand know: a set that is newer is refused. `nil`: nobody asks.
        public var knownVersions: [MigrationID]?

        /// Makes options.
        public init() {}
    }

    private let targets: [any RestoreTarget]
    private let options: Options
    private let files: any BackupFileSystem
    private let observe: @Sendable (RestoreEvent) -> Void

    /// Makes a restorer.
    ///
    /// - Parameters:
    ///   - targets: Where to restore, no two of the same kind of store. What the set has of other stores is left out.
    ///   - options: How.
    ///   - files: Where the sets are.
    ///   - observe: Told what happens, from any thread. Must not block.
    public init(
        targets: [any RestoreTarget], options: Options = Options(), files: any BackupFileSystem = SystemFiles(),
        observe: @escaping @Sendable (RestoreEvent) -> Void = { _ in }
    ) {
        self.targets = targets
        self.options = options
        self.files = files
        self.observe = observe
    }

    /// Says what would be done, and finds out whether it could be. Changes nothing.
    ///
    /// - Throws: As ``restore(_:)``.
    public func plan(_ set: BackupSet) async throws -> [RestorePlan] {
        let sessions = try await open(set)
        let plans = sessions.map {
            RestorePlan(store: $0.store, address: $0.address, steps: $0.session.steps, notices: $0.session.notices)
        }
        await discard(sessions)
        return plans
    }

    /// Restores a set.
    ///
    /// - Returns: What is there now and how to get back, by store.
    /// - Throws: ``BackupKitError`` of category `damaged` when the set is not what was written, of category `refused` when it cannot be restored
    ///   here, of category `disagreement` when it is newer than ``Options/knownVersions``; ``RestoreError`` when a store failed. No store is changed then, unless the error says so.
    public func restore(_ set: BackupSet) async throws -> [RestoreResult] {
        let sessions = try await open(set)
        do {
            try await prepare(sessions)
            let results = try await swap(sessions, set)
            await discard(sessions)
            return results
        } catch {
            await discard(sessions)
            throw error
        }
    }

    /// Brings back what the stores were before a set was restored.
    ///
    /// All are asked first: when one that has something to bring back cannot, none is changed. Stores into which the set was not restored are
    /// left out, with a notice.
    ///
    /// - Throws: ``RestoreError`` when a store cannot be brought back, or failed after others had been; ``BackupKitError`` of category `refused`
    ///   when there is nothing to bring back.
    public func undo(set: String) async throws -> [RestoreResult] {
        let chosen = try await undoable(set)
        var results: [RestoreResult] = []
        var volatile: (store: StoreName, cause: any Error)?
        for target in chosen {
            do {
                // From here on a cancelled task changes nothing any more, as with a swap.
                let done = try await Task.detachedFromCancellation {
                    try await target.undo(set: set) { observe(.target(target.store, $0)) }
                }
                results.append(RestoreResult(store: target.store, sentences: done))
            } catch let error as any BackupError where error.category == .volatile {
                // It is done: the others are not to stay behind.
                volatile = (target.store, error)
            } catch {
                let undone = results.map(\.store) + (volatile.map { [$0.store] } ?? [])
                // The first one's error says itself what is the matter with it.
                guard !undone.isEmpty else { throw error }
                throw RestoreError(store: target.store, cause: error, changed: [], undone: undone, isUndo: true)
            }
        }
        if let volatile {
            throw RestoreError(
                store: volatile.store, cause: volatile.cause, changed: [], undone: chosen.map(\.store), isUndo: true)
        }
        return results
    }

    /// The stores that have something to bring back, all of which can.
    private func undoable(_ set: String) async throws -> [any RestoreTarget] {
        var chosen: [any RestoreTarget] = []
        var reasons: [(store: StoreName, text: String)] = []
        var failures: [RestoreError] = []
        for target in targets.sorted(by: { $0.store < $1.store }) {
            do {
                switch try await target.undoState(set: set) {
                case .possible: chosen.append(target)
                case .nothing(let reason): reasons.append((target.store, reason))
                }
            } catch {
                failures.append(
                    RestoreError(store: target.store, cause: error, changed: [], undone: [], isUndo: true))
            }
        }
        try Task.checkCancellation()
        if var failure = failures.first {
            failure.others = failures.dropFirst().map { ($0.store, $0.cause) }
            throw failure
        }
        guard !chosen.isEmpty || reasons.isEmpty else {
            throw BackupKitError(.refused, reasons.map { "\($0.store): \($0.text)" }.joined(separator: "\n"))
        }
        for reason in reasons { observe(.notice("\(reason.store) is left as it is: \(reason.text)")) }
        return chosen
    }

    private struct Opened: Sendable {
        let store: StoreName
        let address: String
        let target: any RestoreTarget
        let session: any RestoreSession
    }

    private func open(_ set: BackupSet) async throws -> [Opened] {
        let chosen = try targets.sorted { $0.store < $1.store }.map { target in
            guard let part = set.part(target.store) else {
                let reason = set.metadata.stores[target.store]?.reason.map { ": \($0)" } ?? ""
                throw BackupKitError(.refused, "\(set.name) has nothing of \(target.store)\(reason)")
            }
            return (target, part)
        }
        guard !chosen.isEmpty else { throw BackupKitError(.configuration, "there is no store to restore into") }
        try requireKnown(chosen.map(\.1), of: set)
        tellMissing(set)
        observe(.verifying(bytes: set.bytes))
        let check = StoredCheck(set: set, files: files, checksReceipts: false) {
            observe(.verified(bytes: $0, of: set.bytes))
        }
        let damage = try await BlockingQueue("restore").run { interruption in
            let findings = try check.findings(interruption)
            return findings.isEmpty ? [] : findings + [set.damageHint]
        }
        guard damage.isEmpty else {
            throw BackupKitError(
                .damaged,
                "\(set.name) is damaged, so nothing of it is restored\n" + damage.joined(separator: "\n"))
        }
        var sessions: [Opened] = []
        do {
            for (target, part) in chosen {
                let session = try await Self.open(target, part, RestoreOptions(into: options.into[target.store]))
                sessions.append(Opened(store: target.store, address: target.address, target: target, session: session))
            }
        } catch {
            await discard(sessions)
            throw error
        }
        for opened in sessions {
            for notice in opened.session.notices { observe(.target(opened.store, .notice(notice))) }
        }
        return sessions
    }

    private static func open(
        _ target: some RestoreTarget, _ part: StoredPart, _ options: RestoreOptions
    ) async throws -> any RestoreSession {
        try await target.openSession(part, options: options)
    }

    /// An older build would refuse the database that comes back.
    private func requireKnown(_ parts: [StoredPart], of set: BackupSet) throws {
        guard let known = options.knownVersions else { return }
        for part in parts {
            for version in part.snapshot.schemaVersions {
                let ours = known.filter { $0.component == version.component }.map(\.version).max()
                guard let ours, ours >= version.version else {
                    let newest = ours.map { "end at \($0)" } ?? "have none of \(version.component)"
                    throw BackupKitError(
                        .disagreement,
                        """
                        \(set.name) is newer than the migrations at hand: it has \(version), and these \(newest)
                        hint: restore with the migrations of the build that made it, or with a newer build.
                        """)
                }
                if ours > version.version {
                    observe(
                        .notice(
                            """
                            \(set.name) is older than the migrations at hand: it has \(version), and these go to \(ours). Once it is \
                            restored, strata migrate applies what is pending
                            """))
                }
            }
        }
    }

    /// What the set does not have stays as it is, and then belongs to another time than the rest.
    private func tellMissing(_ set: BackupSet) {
        let missing = set.metadata.stores.filter { $0.value.status == .failed }.keys.sorted()
        guard !missing.isEmpty else { return }
        let names = missing.map(\.description).joined(separator: ", ")
        observe(.notice("\(set.name) is partial: \(names) could not be saved then, and stays as it is now"))
    }

    private func prepare(_ sessions: [Opened]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for opened in sessions {
                group.addTask {
                    do {
                        try await opened.session.prepare { observe(.target(opened.store, $0)) }
                        observe(.prepared(opened.store))
                    } catch {
                        throw RestoreError(store: opened.store, cause: error, changed: [], undone: [])
                    }
                }
            }
            // The first that fails ends the others.
            for try await _ in group {}
        }
        try Task.checkCancellation()
    }

    /// From here on a cancelled task changes nothing any more: half of the stores of a set are worse than all or none.
    private func swap(_ sessions: [Opened], _ set: BackupSet) async throws -> [RestoreResult] {
        var results: [RestoreResult] = []
        var volatile: (store: StoreName, cause: any Error)?
        for (index, opened) in sessions.enumerated() {
            do {
                let sentences = try await Task.detachedFromCancellation {
                    try await opened.session.swap { observe(.target(opened.store, $0)) }
                }
                results.append(RestoreResult(store: opened.store, sentences: sentences))
                observe(.swapped(opened.store))
            } catch let error as any BackupError where error.category == .volatile {
                // It has the set's data: taking the others back would leave half of a set.
                volatile = (opened.store, error)
                observe(.swapped(opened.store))
            } catch {
                var undone: [StoreName] = []
                for earlier in sessions[..<index].reversed() where options.into[earlier.store] == nil {
                    let back = try? await Task.detachedFromCancellation { () -> [String] in
                        if try await earlier.session.revert() { return [] }
                        // Its locks would keep the way back closed.
                        await earlier.session.discard()
                        return try await earlier.target.undo(set: set.name.description) {
                            observe(.target(earlier.store, $0))
                        }
                    }
                    if back != nil { undone.append(earlier.store) }
                }
                let changed = sessions[..<index].map(\.store).filter { !undone.contains($0) }
                throw RestoreError(
                    store: opened.store, cause: error, changed: changed, undone: undone, wasReplacing: true)
            }
        }
        if let volatile {
            throw RestoreError(
                store: volatile.store, cause: volatile.cause, changed: sessions.map(\.store), undone: [])
        }
        return results
    }

    private func discard(_ sessions: [Opened]) async {
        for opened in sessions { await opened.session.discard() }
    }
}

extension Task where Success: Sendable, Failure == any Error {
    /// Runs a body to its end whatever becomes of the task that waits for it.
    fileprivate static func detachedFromCancellation(
        _ body: @escaping @Sendable () async throws -> Success
    ) async throws -> Success {
        try await Task(operation: body).value
    }
}
