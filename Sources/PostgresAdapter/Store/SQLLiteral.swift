// SPDX-License-Identifier: Apache-2.0

/// Writes names and values into SQL.
enum SQLLiteral {
    /// A string constant that reads the same whatever `standard_conforming_strings` is.
    static func string(_ text: String) -> String {
        let doubled = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        guard text.contains("\\") else { return "'\(doubled)'" }
        return "E'\(doubled.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\"))'"
    }

    /// A quoted identifier.
    static func identifier(_ name: String) -> String {
        "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }

    /// A duration for a setting such as `lock_timeout`, in whole milliseconds, at least 1 when it is not zero.
    static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return "'\(milliseconds == 0 && duration > .zero ? 1 : max(0, milliseconds))ms'"
    }
}
