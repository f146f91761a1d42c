// SPDX-License-Identifier: Apache-2.0

/// Where one statement stands in the text.
public struct StatementSpan: Sendable, Hashable {
    /// The first byte that psql would send: white space and `--` comments before it are left out, a block comment is not.
    public var start: SourcePosition
    /// The offset after its `;`, or the end of the text.
    public var end: Int
    /// Whether a `;` ended it, and not the end of the text.
    public var isTerminated: Bool
    /// Whether it holds no token at all besides its `;` (a lone `;`, or only comments): there is nothing to send.
    public var isEmpty: Bool

    /// The offsets of its bytes.
    public var byteRange: Range<Int> { start.offset..<end }
}
