// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Rules for the paths of artifacts, those of targets and those that a set's metadata claims.
enum ArtifactPath {
    /// Whether a path stays within the set: no empty part, no `.` or `..`, no control characters.
    static func isSafe(_ path: String) -> Bool {
        // Scalars, as the file system sees them: to Swift a slash behind U+0600 is another character than a slash.
        let scalars = path.unicodeScalars
        let parts = scalars.split(separator: "/", omittingEmptySubsequences: false)
        let isClean = scalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return isClean && parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(["."]) && !$0.elementsEqual([".", "."]) }
    }

    /// Whether a path begins with what belongs to a store: its folder, or its name before a `_`.
    static func belongs(_ path: String, to store: StoreName) -> Bool {
        isSafe(path) && (path.hasPrefix("\(store)/") || path.hasPrefix("\(store)_"))
    }

    /// The folders that lead to a path, the outermost first.
    static func parents(of path: String) -> [String] {
        let parts = path.unicodeScalars.split(separator: "/").map { String($0) }.dropLast()
        return parts.indices.map { parts[...$0].joined(separator: "/") }
    }
}
