// SPDX-License-Identifier: Apache-2.0

/// Reads a statement token by token.
///
/// The tokens are those that psql 15's scanner sees: in particular, two strings on two lines are two tokens. Variables and
/// backslash commands of psql are not recognised. A string that is not closed reaches to the end of the bytes.
///
/// ```swift
/// var tokenizer = SQLTokenizer()
/// while let token = tokenizer.next(in: bytes.span) { … }
/// ```
public struct SQLTokenizer: Sendable {
    /// Where the next token is looked for.
    public var offset: Int
    /// Whether a backslash in `'…'` is an ordinary character.
    public var standardConformingStrings: Bool

    /// Makes a tokenizer that begins at `offset`.
    public init(offset: Int = 0, standardConformingStrings: Bool = true) {
        self.offset = offset
        self.standardConformingStrings = standardConformingStrings
    }

    /// The next token, or `nil` at the end.
    ///
    /// - Parameter bytes: The same bytes in each call.
    public mutating func next(in bytes: Span<UInt8>) -> SQLToken? {
        precondition(offset >= 0)
        return ByteView.withBytes(bytes) { view in
            var reader = TokenReader(
                bytes: view, index: offset, end: view.count, standardStrings: standardConformingStrings)
            let token = reader.next()
            offset = reader.index
            return token
        }
    }
}
