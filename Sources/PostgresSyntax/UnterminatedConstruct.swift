// SPDX-License-Identifier: Apache-2.0

/// Something that was opened and is still open at the end of the text.
public struct UnterminatedConstruct: Sendable, Hashable {
    /// What can be left open.
    public enum Kind: Sendable, Hashable {
        /// A string in single quotes, of any form.
        case string
        /// An identifier in double quotes.
        case quotedIdentifier
        /// A `/* … */` comment.
        case blockComment
        /// A dollar-quoted string.
        case dollarQuote
        /// A parenthesis; psql does not end a statement inside one.
        case parenthesis
        /// The `BEGIN` of an SQL-standard function body.
        case block
    }

    /// What it is.
    public var kind: Kind
    /// Where it was opened; of several open parentheses, the outermost one.
    public var start: SourcePosition
}
