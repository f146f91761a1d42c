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
    /// Whether a backslash in its plain strings was read as an ordinary character.
    public var standardConformingStrings: Bool

    /// Makes a statement from its parts.
    public init(
        byteRange: Range<Int>, position: SourcePosition, kind: StatementKind = .other, copyData: Range<Int>? = nil,
        standardConformingStrings: Bool = true
    ) {
        self.byteRange = byteRange
        self.position = position
        self.kind = kind
        self.copyData = copyData
        self.standardConformingStrings = standardConformingStrings
    }

    /// Takes note of a piece of the statement's data; pieces come in order.
    public mutating func addCopyData(_ piece: CopyData) {
        copyData = (copyData?.lowerBound ?? piece.byteRange.lowerBound)..<piece.byteRange.upperBound
    }
}
