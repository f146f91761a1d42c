// SPDX-License-Identifier: Apache-2.0

/// One statement of a text.
public struct SQLStatement: Sendable, Hashable {
    /// The offsets of its bytes in the text, its `;` included.
    public var byteRange: Range<Int>
    /// Where its first byte stands.
    public var position: SourcePosition
    /// What it does to the transaction and the session.
    public var kind: StatementKind
    /// The offsets of the inline data, for `COPY … FROM STDIN`; the line `\.` is not part of it.
    public var copyData: Range<Int>?
}
