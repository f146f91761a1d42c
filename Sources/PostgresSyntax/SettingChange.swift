// SPDX-License-Identifier: Apache-2.0

/// A `SET`, `RESET` or `SELECT set_config(…)` of a setting that changes how later text is read.
public struct SettingChange: Sendable, Hashable {
    /// The settings that do.
    public enum Setting: Sendable, Hashable {
        /// `standard_conforming_strings`
        case standardConformingStrings
        /// `backslash_quote`
        case backslashQuote
        /// `client_encoding`, also as `SET NAMES`
        case clientEncoding
        /// All of them: `RESET ALL`, `DISCARD ALL`
        case all
    }

    /// How long the change lasts.
    public enum Scope: Sendable, Hashable {
        /// The session, unless its transaction is rolled back.
        case session
        /// The transaction (`SET LOCAL`).
        case local
    }

    /// Which setting.
    public var setting: Setting
    /// How long the change lasts.
    public var scope: Scope
    /// The new value without its quotes, in lower case; `nil` for the default and for what is not a plain literal.
    public var value: String?
    /// Whether the setting goes back to its default (`RESET`, `TO DEFAULT`).
    public var isReset: Bool

    /// Makes a change from its parts.
    public init(setting: Setting, scope: Scope = .session, value: String? = nil, isReset: Bool = false) {
        self.setting = setting
        self.scope = scope
        self.value = value
        self.isReset = isReset
    }

    /// The value as PostgreSQL reads a boolean; `nil` if it is none.
    public var boolean: Bool? {
        guard let value, !value.isEmpty else { return nil }
        if value == "o" { return nil }
        for (word, meaning) in [
            ("true", true), ("yes", true), ("1", true), ("false", false), ("no", false), ("0", false),
        ]
        where word.hasPrefix(value) {
            return meaning
        }
        if value == "on" { return true }
        return "off".hasPrefix(value) ? false : nil
    }
}
