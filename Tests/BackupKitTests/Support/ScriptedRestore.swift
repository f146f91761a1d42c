// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore
import Synchronization

/// What happened, in order.
final class Record: Sendable {
    private let entries = Mutex<[String]>([])

    var all: [String] { entries.withLock(\.self) }
    func note(_ entry: String) { entries.withLock { $0.append(entry) } }
}

/// A store that is restored on paper.
struct ScriptedRestore: RestoreTarget {
    /// Where it fails.
    enum Failing: Sendable { case open, prepare, swap, undo, undoState }

    let store: StoreName
    let record: Record
    var failing: Failing?
    /// Whether it has nothing to undo.
    var hasNothingToUndo = false
    /// Whether its sessions take their swap back themselves.
    var reverts = false
    /// The kind of its errors.
    var category = BackupErrorCategory.store

    var address: String { "\(store) there" }

    struct Session: RestoreSession {
        let target: ScriptedRestore
        let part: StoredPart
        let options: RestoreOptions

        var steps: [String] { ["build \(part.store)", "swap \(part.store)"] }
        var notices: [String] { ["\(part.store) is old"] }

        func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
            try target.pass("prepare", .prepare)
        }
        func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
            try target.pass("swap", .swap)
            return ["\(options.into ?? target.address) has \(part.set)"]
        }
        func revert() async throws -> Bool {
            if target.reverts { target.record.note("revert \(target.store)") }
            return target.reverts
        }
        func discard() async { target.record.note("discard \(target.store)") }
    }

    func openSession(_ part: StoredPart, options: RestoreOptions) async throws -> Session {
        try pass("open", .open)
        return Session(target: self, part: part, options: options)
    }

    func undoState(set: String) async throws -> UndoState {
        if hasNothingToUndo { return .nothing(reason: "\(set) was not restored into \(store)") }
        try pass("undoState", .undoState)
        return .possible
    }

    func undo(set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        try pass("undo", .undo)
        return ["\(store) is as it was"]
    }

    private func pass(_ step: String, _ place: Failing) throws {
        record.note("\(step) \(store)")
        if failing == place { throw BackupKitError(category, "\(store) does not \(step)") }
    }
}

/// Proves on paper.
struct ScriptedVerifier: ArtifactVerifier {
    let store: StoreName
    let record: Record
    var unreadable: [String] = []
    var proof = RestoreProof(compared: ["2 tables"], differences: [], serverVersion: "15.3")
    var error: BackupKitError?

    func findUnreadable(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        record.note("read \(store)")
        return unreadable
    }

    func restoreForProof(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof {
        record.note("restore \(store)")
        if let error { throw error }
        return proof
    }
}
