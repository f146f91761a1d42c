// SPDX-License-Identifier: Apache-2.0

/// Finds the borders of messages in what one side of PostgreSQL's protocol, version 3, sends.
///
/// A message is a letter and a length of four bytes that counts itself, then the contents; the first message of a client lacks
/// the letter (PostgreSQL documentation, "Message Formats").
struct MessageReader {
    /// One message, border to border.
    struct Message: Equatable {
        /// The letter; `nil` for the first message of a client.
        let letter: Character?
        let bytes: ArraySlice<UInt8>
    }

    private var pending: [UInt8] = []
    private var lacksLetter: Bool

    /// - Parameter isClient: Whether the side is the client's.
    init(isClient: Bool) {
        lacksLetter = isClient
    }

    /// Takes what arrived, and hands out the messages that are whole now.
    mutating func take(_ bytes: [UInt8]) -> [Message] {
        pending += bytes
        var messages: [Message] = []
        var start = 0
        while true {
            let head = lacksLetter ? 0 : 1
            guard pending.count - start >= head + 4 else { break }
            let length = pending[(start + head)..<(start + head + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard length >= 4, pending.count - start >= head + length else { break }
            let letter = lacksLetter ? nil : Character(Unicode.Scalar(pending[start]))
            messages.append(Message(letter: letter, bytes: pending[start..<(start + head + length)]))
            lacksLetter = false
            start += head + length
        }
        pending.removeFirst(start)
        return messages
    }
}
