// SPDX-License-Identifier: Apache-2.0

/// A backslash command of psql.
public struct BackslashCommand: Sendable, Hashable {
    /// Which command it is.
    public enum Kind: Sendable, Hashable {
        /// `\restrict KEY`, alone on the rest of its line, as pg_dump writes it.
        case restrict
        /// `\unrestrict KEY`, likewise.
        case unrestrict
        /// Anything else.
        case other
    }

    /// Where the backslash stands.
    public var position: SourcePosition
    /// The offset of the end of its line.
    public var end: Int
    /// Which command it is.
    public var kind: Kind
    /// Its name, without the backslash and what follows: `copy`, `i`, `.`; empty for a lone backslash.
    public var name: String
    /// Whether it stands between the tokens of an unfinished statement.
    public var isInsideStatement: Bool
    /// The BEGIN of a routine's body that is still open.
    public var openBlock: SourcePosition?
}
