// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// Migrations as lines: `0001 | 0001_baseline.sql             | APPLIED`.
struct StatusTable {
    private static let leastNameWidth = 29

    let entries: [MigrationStatus]

    var lines: [String] {
        let versions = entries.map(\.versionText)
        let versionWidth = versions.map(\.count).max() ?? 0
        let nameWidth = max(Self.leastNameWidth, entries.map(\.name.count).max() ?? 0)
        return zip(entries, versions).map { entry, version in
            let start = "\(version.padded(to: versionWidth)) | \(entry.name.padded(to: nameWidth)) | \(entry.label)"
            let isOffered = entry.state == .pending && !entry.takesPart && entry.id.component == .seed
            return start + (isOffered ? " (only with --seed)" : entry.compatibilityText.map { " (\($0))" } ?? "")
        }
    }
}

extension String {
    /// The text with blanks behind it, at least as wide as told.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
