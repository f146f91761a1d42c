// SPDX-License-Identifier: Apache-2.0

/// One token of an SQL statement. White space and comments are no tokens.
public struct SQLToken: Sendable, Hashable {
    /// The kinds of tokens.
    public enum Kind: Sendable, Hashable {
        /// A keyword or an unquoted identifier.
        case word
        /// `"name"` or `U&"name"`, quotes included.
        case quotedIdentifier
        /// `'…'`, `E'…'`, `N'…'` or `U&'…'`, prefix and quotes included.
        case string
        /// `B'…'` or `X'…'`.
        case bitString
        /// `$tag$…$tag$`
        case dollarString
        /// A number, with any junk that PostgreSQL counts as part of it.
        case number
        /// `$1`
        case parameter
        /// One or more operator characters.
        case `operator`
        /// Any other character, or one of `::`, `:=` and `..`.
        case punctuation
    }

    /// What it is.
    public var kind: Kind
    /// Its first byte, counted from the start of the bytes that were read.
    public var offset: Int
    /// The number of its bytes.
    public var length: Int

    /// The offsets of its bytes.
    public var range: Range<Int> { offset..<offset + length }
}
