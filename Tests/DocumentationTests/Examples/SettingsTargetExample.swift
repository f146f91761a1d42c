// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore

/// The settings of an application: a JSON file that is replaced as a whole by whoever changes it.
struct SettingsTarget: BackupTarget {
    let path: String

    var store: StoreName { Settings.store }
    var address: String { path }

    func backUp(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> StoreSnapshot {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw SettingsError(category: .unavailable, description: "\(path) cannot be read. Is it there?")
        }
        // What is broken already is no backup.
        let count = try Settings.count(bytes, of: path)
        let file = try await destination.makeFile(Settings.artifact)
        try await file.write(Array(bytes))
        try await file.finish()
        return StoreSnapshot(
            takenAt: Date.now.ISO8601Format(), details: ["entries": .integer(count)],
            instructions: "Copy `\(Settings.artifact)` to `\(path)`.")
    }
}

/// What a set holds of it.
enum Settings {
    static let store = StoreName(literal: "settings")
    static let artifact = "settings/settings.json"

    static func count(_ bytes: Data, of path: String) throws -> Int64 {
        guard let entries = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
            throw SettingsError(category: .store, description: "\(path) is no JSON object.")
        }
        return Int64(entries.count)
    }
}

struct SettingsError: BackupError {
    var category: BackupErrorCategory
    var description: String
}
