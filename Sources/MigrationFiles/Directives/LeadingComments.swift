// SPDX-License-Identifier: Apache-2.0

/// Finds the directives of a script in the comments before its first statement.
///
/// The bytes come in pieces of any size. Nothing is looked at once the first statement has begun, so a long script costs
/// no more than a short one.
struct LeadingComments {
    /// The directives, in their order.
    private(set) var found: [DirectiveComment] = []
    private var state = State.blank
    private var position = TextPosition.start
    private var lastByte: UInt8 = 0
    /// In a block comment, the byte that may begin `/*` or `*/`: never one that ended such a pair.
    private var pairStart: UInt8 = 0
    /// The text of the line comment that is being read, and where it begins.
    private var line: [UInt8] = []
    private var lineStart = TextPosition.start

    private enum State: Equatable {
        /// Between comments.
        case blank
        /// After a byte that begins a comment if the next one is right.
        case opening(UInt8)
        /// In a `--` comment.
        case line
        /// In a `/* */` comment; they nest.
        case block(depth: Int)
        /// The first statement has begun.
        case statement
    }

    /// Reads the next bytes of the script. A byte order mark has been taken off.
    mutating func consume(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if state == .statement { return }
            step(byte)
        }
    }

    /// Takes note of the end of the script.
    mutating func finish() {
        if state == .line { endLine() }
        state = .statement
    }

    private mutating func step(_ byte: UInt8) {
        let isLineEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        switch state {
        case .blank:
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "/"): state = .opening(byte)
            case UInt8(ascii: " "), 0x09...0x0D: break
            default: state = .statement
            }
        case .opening(UInt8(ascii: "-")) where byte == UInt8(ascii: "-"):
            state = .line
            lineStart = position.advanced(by: 1)
        case .opening(UInt8(ascii: "/")) where byte == UInt8(ascii: "*"):
            state = .block(depth: 1)
            pairStart = 0
        case .opening:
            state = .statement
        case .line where isLineEnd:
            endLine()
        case .line:
            line.append(byte)
        case .block(let depth):
            stepInBlock(byte, depth: depth)
        case .statement:
            return
        }
        moveOn(byte, isLineEnd: isLineEnd)
    }

    private mutating func stepInBlock(_ byte: UInt8, depth: Int) {
        switch (pairStart, byte) {
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
            state = .block(depth: depth + 1)
            pairStart = 0
        case (UInt8(ascii: "*"), UInt8(ascii: "/")):
            state = depth == 1 ? .blank : .block(depth: depth - 1)
            pairStart = 0
        default:
            pairStart = byte
        }
    }

    private mutating func moveOn(_ byte: UInt8, isLineEnd: Bool) {
        let endsPair = byte == UInt8(ascii: "\n") && lastByte == UInt8(ascii: "\r")
        if !isLineEnd {
            position.pass(byte)
        } else if !endsPair {
            position.passLineEnd()
        }
        lastByte = byte
    }

    private mutating func endLine() {
        if let comment = DirectiveComment(bytes: line, position: lineStart) { found.append(comment) }
        line.removeAll(keepingCapacity: true)
        state = .blank
    }
}
