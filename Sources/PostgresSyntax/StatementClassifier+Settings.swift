// SPDX-License-Identifier: Apache-2.0

/// `SET` and `RESET`.
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

    private func change(
        _ setting: SettingChange.Setting, _ scope: SettingChange.Scope, to value: String?, isReset: Bool
    ) -> StatementKind {
        .setSetting(SettingChange(setting: setting, scope: scope, value: value, isReset: isReset))
    }

    /// The setting that the current token names, if it is one that changes how text is read.
    private func setting() -> SettingChange.Setting? {
        guard let token, token.kind == .word || token.kind == .quotedIdentifier, token.length >= 15 else { return nil }
        switch literal() {
        case "standard_conforming_strings": return .standardConformingStrings
        case "backslash_quote": return .backslashQuote
        case "client_encoding": return .clientEncoding
        default: return nil
        }
    }
}
