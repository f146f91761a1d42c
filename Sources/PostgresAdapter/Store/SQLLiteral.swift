// SPDX-License-Identifier: Apache-2.0

/// Writes names and values into SQL.
///
/// Names come from catalogs that others write to, so this is what keeps a table's name from being a command. It works on bytes, as
/// PostgreSQL does: to Swift a quote with a combining mark behind it, or U+0600 before it, is another character than a quote.
enum SQLLiteral {
    /// A string constant that reads the same whatever `standard_conforming_strings` is.
    static func string(_ text: String) -> String {
        let hasBackslash = text.hasByte("\\")
        return "\(hasBackslash ? "E" : "")'\(text.replacingBytes(["'": "''", "\\": "\\\\"]))'"
    }

    /// A quoted identifier.
    static func identifier(_ name: String) -> String { "\"\(name.replacingBytes(["\"": "\"\""]))\"" }

    /// A duration for a setting such as `lock_timeout`, in whole milliseconds, at least 1 when it is not zero.
    static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return "'\(milliseconds == 0 && duration > .zero ? 1 : max(0, milliseconds))ms'"
    }
}
