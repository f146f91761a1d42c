// SPDX-License-Identifier: Apache-2.0

/// `SET`, `RESET` and `SELECT set_config(…)`.
extension StatementClassifier {
    mutating func set() -> StatementKind {
        var scope = SettingChange.Scope.session
        if accept("local") { scope = .local } else { accept("session") }
        let setting: SettingChange.Setting
        if accept("names") {
            setting = .clientEncoding
        } else {
            guard let named = self.setting() else { return .other }
            setting = named
            advance()
            guard accept("to") || isPunctuation(Ascii.equals) else { return .other }
            if isPunctuation(Ascii.equals) { advance() }
        }
        // `SET NAMES` alone means DEFAULT.
        guard !isAtEnd, !isWord("default") else { return change(setting, scope, to: nil, isReset: true) }
        let value = literal()
        advance()
        return change(setting, scope, to: isAtEnd ? value : nil, isReset: false)
    }

    mutating func reset() -> StatementKind {
        if isWord("all") { return change(.all, .session, to: nil, isReset: true) }
        guard let setting = setting() else { return .other }
        return change(setting, .session, to: nil, isReset: true)
    }

    /// `SELECT [pg_catalog.]set_config('name', 'value', is_local)`, as dumps write it.
    mutating func setConfig() -> StatementKind {
        if accept("pg_catalog") {
            guard isPunctuation(Ascii.dot) else { return .other }
            advance()
        }
        guard accept("set_config"), isPunctuation(Ascii.openParenthesis) else { return .other }
        advance()
        guard let setting = setting([.string]) else { return .other }
        advance()
        guard isPunctuation(Ascii.comma) else { return .other }
        advance()
        let value = literal()
        advance()
        guard isPunctuation(Ascii.comma) else { return change(setting, .session, to: nil, isReset: false) }
        advance()
        return change(setting, accept("true") ? .local : .session, to: value, isReset: false)
    }

    private func change(
        _ setting: SettingChange.Setting, _ scope: SettingChange.Scope, to value: String?, isReset: Bool
    ) -> StatementKind {
        .setSetting(SettingChange(setting: setting, scope: scope, value: value, isReset: isReset))
    }

    /// The setting that the current token names, if it is one that changes how text is read.
    private func setting(_ kinds: [SQLToken.Kind] = [.word, .quotedIdentifier]) -> SettingChange.Setting? {
        guard let token, kinds.contains(token.kind), token.length >= 15 else { return nil }
        switch literal() {
        case "standard_conforming_strings": return .standardConformingStrings
        case "backslash_quote": return .backslashQuote
        case "client_encoding": return .clientEncoding
        default: return nil
        }
    }
}
