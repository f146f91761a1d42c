// SPDX-License-Identifier: Apache-2.0

/// Follows the parentheses of a statement, to tell whether a colon at some place can be SQL.
///
/// A colon that is not part of `::` or `:=` stands between the bounds of an array slice, `a[1:2]`, and behind the keys of
/// `JSON_OBJECT('a': 1)` and `JSON_OBJECTAGG(k: v)`; nowhere else does the grammar of PostgreSQL 12 to 18 have one (`gram.y`).
struct ColonContext {
    /// The statement that is followed.
    private var start = 0
    /// How far it was read.
    private var offset = 0
    /// For each open parenthesis, whether it belongs to a JSON constructor.
    private var parentheses: [Bool] = []
    private var isBehindConstructor = false

    /// Whether `variable`, in the statement that begins at `start`, can be SQL and not a variable.
    ///
    /// Each part of a statement is read once, however many variables it has.
    ///
    /// - Parameter base: The offset of the first of `bytes`, which hold the statement from its start to the variable.
    mutating func canBeSQL(
        _ variable: VariableReference, inStatementAt start: Int, of bytes: Span<UInt8>, at base: Int,
        standardStrings: Bool
    ) -> Bool {
        if variable.isInsideBrackets { return true }
        if start != self.start || offset < start { self = ColonContext(start: start) }
        ByteView.withBytes(bytes) { view in
            read(
                TokenReader(
                    bytes: view, index: offset - base, end: variable.position.offset - base,
                    standardStrings: standardStrings))
        }
        offset = variable.end
        isBehindConstructor =
            variable.form == .plain && ["json_object", "json_objectagg"].contains(variable.name.lowercased())
        return parentheses.last ?? false
    }

    init() {}

    private init(start: Int) {
        self.start = start
        offset = start
    }

    private mutating func read(_ reader: TokenReader) {
        var reader = reader
        while let token = reader.next() {
            let first = reader.bytes[token.offset]
            if token.kind == .punctuation, first == Ascii.openParenthesis { parentheses.append(isBehindConstructor) }
            if token.kind == .punctuation, first == Ascii.closeParenthesis { _ = parentheses.popLast() }
            isBehindConstructor =
                token.kind == .word
                && (reader.bytes.spells("json_object", in: token.range)
                    || reader.bytes.spells("json_objectagg", in: token.range))
        }
    }
}
