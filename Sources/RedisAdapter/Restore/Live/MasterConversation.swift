// SPDX-License-Identifier: Apache-2.0

/// What a master answers to a server that becomes its replica. Pure: it decides, others act.
struct MasterConversation: Sendable {
    enum Action: Hashable, Sendable {
        case reply(String)
        /// Now comes the copy.
        case sendCopy
        /// The replica has loaded the copy and follows.
        case follows
    }

    /// What the replica says is no command that a replica has: it may speak TLS.
    struct Senseless: Error {}

    private static let longestCommand = 1 << 16
    /// Any forty digits: nobody continues this history.
    private static let history = String(repeating: "0", count: 39) + "1"

    private var pending: [UInt8] = []
    private var isCopySent = false

    /// Takes the next bytes of the replica.
    mutating func take(_ bytes: [UInt8]) throws(Senseless) -> [Action] {
        pending += bytes
        var actions: [Action] = []
        while let words = try command() {
            if let action = answer(words) { actions.append(action) }
        }
        guard pending.count <= Self.longestCommand else { throw Senseless() }
        return actions
    }

    private mutating func answer(_ words: [String]) -> Action? {
        switch words.first?.uppercased() {
        // A line without anything is a sign of life.
        case nil: return nil
        case "PING": return .reply("+PONG\r\n")
        case "REPLCONF":
            guard words.dropFirst().first?.uppercased() == "ACK" else { return .reply("+OK\r\n") }
            return isCopySent ? .follows : nil
        case "PSYNC":
            isCopySent = true
            return .sendCopy
        case "SYNC":
            isCopySent = true
            return .sendCopy
        // AUTH with the password that the server has for its master: it is nobody's business here.
        default: return .reply("+OK\r\n")
        }
    }

    /// What stands before the copy.
    static func opening(bytes: Int64) -> String { "+FULLRESYNC \(history) 1\r\n$\(bytes)\r\n" }

    /// The next whole command; `nil` when there is none yet. One without words is an empty line.
    private mutating func command() throws(Senseless) -> [String]? {
        guard let first = pending.first else { return nil }
        guard first == UInt8(ascii: "*") else {
            // The first byte tells: who speaks TLS waits for an answer now.
            guard
                first == UInt8(ascii: "\n") || first == UInt8(ascii: "\r")
                    || Unicode.Scalar(first).properties.isAlphabetic
            else { throw Senseless() }
            guard let line = line(from: 0) else { return nil }
            let text = String(decoding: pending[..<line.end], as: UTF8.self)
            guard text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "?") })
            else {
                throw Senseless()
            }
            pending.removeFirst(line.next)
            return text.split(separator: " ").map(String.init)
        }
        guard let head = line(from: 0) else { return nil }
        guard let count = number(1..<head.end), (0...64).contains(count) else { throw Senseless() }
        var words: [String] = []
        var place = head.next
        for _ in 0..<count {
            guard let size = line(from: place) else { return nil }
            guard pending[place] == UInt8(ascii: "$"), let length = number(place + 1..<size.end),
                (0...Self.longestCommand).contains(length)
            else { throw Senseless() }
            guard pending.count >= size.next + length + 2 else { return nil }
            words.append(String(decoding: pending[size.next..<size.next + length], as: UTF8.self))
            place = size.next + length + 2
        }
        pending.removeFirst(place)
        return words
    }

    /// Where the line that begins at a place ends, and where the next one begins.
    private func line(from start: Int) -> (end: Int, next: Int)? {
        guard start < pending.count, let feed = pending[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let hasReturn = feed > start && pending[feed - 1] == UInt8(ascii: "\r")
        return (hasReturn ? feed - 1 : feed, feed + 1)
    }

    private func number(_ range: Range<Int>) -> Int? { Int(String(decoding: pending[range], as: UTF8.self)) }
}
