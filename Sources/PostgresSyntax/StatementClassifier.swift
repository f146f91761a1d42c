// SPDX-License-Identifier: Apache-2.0

/// Reads as many tokens of a statement as its kind takes.
///
/// Source of the grammar: PostgreSQL's manual, the pages of the commands named here.
struct StatementClassifier {
    private var reader: TokenReader
    /// The next token, read but not yet used.
    private(set) var token: SQLToken?

    init(reader: TokenReader) {
        self.reader = reader
        token = self.reader.next()
    }

    mutating func classify() -> StatementKind {
        guard let first = token, first.kind == .word else { return .other }
        // The first letter rules out most statements at once.
        switch reader.bytes.lowercased(at: first.offset) {
        case UInt8(ascii: "a"):
            if accept("abort") { return rollback() }
            if accept("alter") { return alter() }
        case UInt8(ascii: "b"):
            if accept("begin") {
                if !accept("work") { accept("transaction") }
                return .begin(hasModes: !isAtEnd)
            }
        case UInt8(ascii: "c"):
            if accept("create") { return create() }
            if accept("copy") { return copy() }
            if accept("commit") { return accept("prepared") ? .commitPrepared : .commit(chain: acceptChain()) }
            if accept("call") { return .call }
            if accept("cluster") { return cluster() }
        case UInt8(ascii: "d"):
            if accept("drop") { return drop() }
            if accept("discard"), accept("all") { return .outsideTransaction(.discardAll) }
        case UInt8(ascii: "e"):
            if accept("end") { return .commit(chain: acceptChain()) }
        case UInt8(ascii: "p"):
            if accept("prepare"), accept("transaction"), token?.kind == .string { return .prepareTransaction }
        case UInt8(ascii: "r"):
            if accept("rollback") { return accept("prepared") ? .rollbackPrepared : rollback() }
            if accept("release") { return .release }
            if accept("reset") { return reset() }
            if accept("reindex") { return reindex() }
        case UInt8(ascii: "s"):
            if accept("set") { return set() }
            if accept("select") { return setConfig() }
            if accept("savepoint") { return .savepoint }
            if accept("start"), accept("transaction") { return .begin(hasModes: !isAtEnd) }
        case UInt8(ascii: "v"):
            if accept("vacuum") { return .outsideTransaction(.vacuum) }
        default: break
        }
        return .other
    }

    // MARK: Transactions

    private mutating func rollback() -> StatementKind {
        if !accept("work") { accept("transaction") }
        return isWord("to") ? .rollbackToSavepoint : .rollback(chain: acceptChain())
    }

    /// `[WORK | TRANSACTION] [AND [NO] CHAIN]`
    private mutating func acceptChain() -> Bool {
        if !accept("work") { accept("transaction") }
        return accept("and") && !accept("no") && accept("chain")
    }

    // MARK: COPY

    private mutating func copy() -> StatementKind {
        // COPY (query) goes out only.
        guard !isPunctuation(Ascii.openParenthesis) else { return .other }
        while !isAtEnd, !accept("from") {
            if isWord("to") { return .other }
            if isPunctuation(Ascii.openParenthesis) { skipParentheses() } else { advance() }
        }
        // The server does not tell the two words apart.
        return isWord("stdin") || isWord("stdout") ? .copyFromStdin : .other
    }

    // MARK: Tokens

    mutating func advance() {
        token = reader.next()
    }

    /// Whether only a `;` or nothing is left.
    var isAtEnd: Bool {
        token == nil || isPunctuation(Ascii.semicolon)
    }

    func isWord(_ lowercase: StaticString) -> Bool {
        guard let token, token.kind == .word else { return false }
        return reader.bytes.spells(lowercase, in: token.range)
    }

    func isPunctuation(_ byte: UInt8) -> Bool {
        guard let token, token.length == 1 else { return false }
        return reader.bytes[token.offset] == byte
    }

    @discardableResult
    mutating func accept(_ lowercase: StaticString) -> Bool {
        guard isWord(lowercase) else { return false }
        advance()
        return true
    }

    /// Skips `name`, `schema.name` and so on.
    mutating func skipName() {
        advance()
        while isPunctuation(Ascii.dot) {
            advance()
            advance()
        }
    }

    /// Skips `name`, `name *`, `ONLY name` or `ONLY (name)`.
    mutating func skipRelation() {
        if accept("only"), isPunctuation(Ascii.openParenthesis) {
            skipParentheses()
        } else {
            skipName()
        }
        if isPunctuation(Ascii.asterisk) { advance() }
    }

    /// Skips `IF EXISTS` or `IF NOT EXISTS`.
    mutating func skipIfExists() {
        guard accept("if") else { return }
        accept("not")
        accept("exists")
    }

    /// From an opening parenthesis to behind the closing one.
    mutating func skipParentheses() {
        var depth = 0
        while token != nil {
            if isPunctuation(Ascii.openParenthesis) { depth += 1 }
            if isPunctuation(Ascii.closeParenthesis) { depth -= 1 }
            advance()
            if depth == 0 { return }
        }
    }

    /// The token as a value in lower case: a word, a number, or the inside of a plain string.
    func literal() -> String? {
        guard let token else { return nil }
        var range = token.range
        switch token.kind {
        case .word, .number: break
        case .string, .quotedIdentifier:
            let first = reader.bytes[range.lowerBound]
            guard first == Ascii.quote || first == Ascii.doubleQuote, range.count >= 2 else { return nil }
            range = range.lowerBound + 1..<range.upperBound - 1
            guard !range.contains(where: { reader.bytes[$0] == Ascii.backslash || reader.bytes[$0] == first }) else {
                return nil
            }
        default: return nil
        }
        return String(decoding: range.map { reader.bytes.lowercased(at: $0) }, as: UTF8.self)
    }
}
