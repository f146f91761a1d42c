// SPDX-License-Identifier: Apache-2.0

/// A place in a text: the byte offset, and the line and column that a person would look for.
public struct SourcePosition: Sendable, Hashable, Comparable {
    /// Bytes before this place, counted from the start of the text (a byte order mark counts).
    public var offset: Int
    /// The line, from 1. A line ends with `\n`.
    public var line: Int
    /// The column, from 1, in characters (Unicode scalars, as PostgreSQL counts). A byte order mark takes no column.
    public var column: Int

    /// Makes a position from its parts.
    public init(offset: Int = 0, line: Int = 1, column: Int = 1) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    /// Orders by offset.
    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        left.offset < right.offset
    }
}
