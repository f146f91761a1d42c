// SPDX-License-Identifier: Apache-2.0

/// A piece of the inline data of a `COPY … FROM STDIN`.
public struct CopyData: Sendable, Hashable {
    /// The first byte of the piece.
    public var start: SourcePosition
    /// The offset behind its last byte; the end marker is not part of it.
    public var end: Int
    /// Whether this is the last piece of its COPY.
    public var isComplete: Bool
    /// Whether the data ended with a line `\.`, and not with the text. False until `isComplete`.
    public var hasEndMarker: Bool

    /// The offsets of its bytes.
    public var byteRange: Range<Int> { start.offset..<end }
}
