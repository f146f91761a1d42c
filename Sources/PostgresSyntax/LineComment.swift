// SPDX-License-Identifier: Apache-2.0

/// One `--` comment.
public struct LineComment: Sendable, Hashable {
    /// Where its first dash stands.
    public var position: SourcePosition
    /// The offsets of what stands behind the two dashes, without the line's end.
    public var text: Range<Int>

    /// Makes a comment from its parts.
    public init(position: SourcePosition, text: Range<Int>) {
        self.position = position
        self.text = text
    }

    /// The offsets from the first dash to the line's end.
    public var range: Range<Int> { position.offset..<text.upperBound }
}
