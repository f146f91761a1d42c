// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore

struct SettingsRestoreTarget: RestoreTarget {
    let path: String

    var store: StoreName { Settings.store }
    var address: String { path }

    func openSession(_ part: StoredPart, options: RestoreOptions) async throws -> SettingsRestore {
        let restore = SettingsRestore(part: part, path: options.into ?? path)
        // What would stop it later is found now, while nothing of any store has been changed.
        guard !FileManager.default.fileExists(atPath: restore.before) else {
            throw SettingsError(
                category: .refused, description: "\(restore.before) is there already: undo that restore, or remove it.")
        }
        return restore
    }

    func undoState(set: String) async throws -> UndoState {
        FileManager.default.fileExists(atPath: "\(path)_before_\(set)")
            ? .possible : .nothing(reason: "\(set) was not restored into \(path).")
    }

    func undo(set: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        let before = "\(path)_before_\(set)"
        guard FileManager.default.fileExists(atPath: before) else {
            throw SettingsError(category: .refused, description: "\(set) was not restored into \(path).")
        }
        try SettingsRestore.replace(path, by: before, keeping: "\(path)_undone_\(set)")
        return ["\(path) is what it was, and what had been restored is \(path)_undone_\(set)"]
    }
}

/// One restore: first beside the store, then in its place.
struct SettingsRestore: RestoreSession {
    let part: StoredPart
    let path: String

    var replacement: String { "\(path)_restoring_\(part.set)" }
    var before: String { "\(path)_before_\(part.set)" }
    var steps: [String] { ["copy \(Settings.artifact) to \(replacement)", "rename it to \(path)"] }
    var notices: [String] { [] }

    func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        // Of a run that was killed.
        try? FileManager.default.removeItem(atPath: replacement)
        try FileManager.default.copyItem(atPath: "\(part.folder)/\(Settings.artifact)", toPath: replacement)
        _ = try Settings.count(try Data(contentsOf: URL(fileURLWithPath: replacement)), of: replacement)
    }

    func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        try Self.replace(path, by: replacement, keeping: before)
        return ["\(path) has what \(part.set) has", "what it had before is kept as \(before)"]
    }

    func revert() async throws -> Bool {
        guard FileManager.default.fileExists(atPath: before) else { return false }
        try Self.replace(path, by: before, keeping: replacement)
        return true
    }

    func discard() async { try? FileManager.default.removeItem(atPath: replacement) }

    static func replace(_ path: String, by other: String, keeping old: String) throws {
        let isThere = FileManager.default.fileExists(atPath: path)
        if isThere { try FileManager.default.moveItem(atPath: path, toPath: old) }
        do {
            try FileManager.default.moveItem(atPath: other, toPath: path)
        } catch {
            if isThere { try FileManager.default.moveItem(atPath: old, toPath: path) }
            throw error
        }
    }
}
