// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Rules for the paths of artifacts, those of targets and those that a set's metadata claims.
enum ArtifactPath {
    /// Whether a path stays within the set: no empty part, no `.` or `..`, no control characters.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isClean = path.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return isClean && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    /// Whether a path begins with what belongs to a store: its folder, or its name before a `_`.
    static func belongs(_ path: String, to store: StoreName) -> Bool {
        isSafe(path) && (path.hasPrefix("\(store)/") || path.hasPrefix("\(store)_"))
    }

    /// The folders that lead to a path, the outermost first.
    static func parents(of path: String) -> [String] {
        let parts = path.split(separator: "/").dropLast()
        return parts.indices.map { parts[...$0].joined(separator: "/") }
    }
}
