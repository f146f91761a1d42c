// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore

struct SettingsVerifier: ArtifactVerifier {
    var store: StoreName { Settings.store }

    func findUnreadable(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        guard let bytes = FileManager.default.contents(atPath: "\(part.folder)/\(Settings.artifact)") else {
            return ["\(Settings.artifact) is missing"]
        }
        // That it cannot be parsed is a finding. An error would mean that nobody knows.
        do { _ = try Settings.count(bytes, of: Settings.artifact) } catch { return ["\(error)"] }
        return []
    }

    func restoreForProof(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof {
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: copy) }
        try FileManager.default.copyItem(atPath: "\(part.folder)/\(Settings.artifact)", toPath: copy.path)
        let found = try Settings.count(try Data(contentsOf: copy), of: Settings.artifact)
        let expected = part.snapshot.details["entries"]?.integerValue
        return RestoreProof(
            compared: ["\(found) entries"],
            differences: found == expected ? [] : ["\(Settings.artifact) has \(found) entries, it had \(expected ?? 0)"]
        )
    }
}
