// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RedisAdapter

@Suite
struct MasterConversationTests {
    private static func command(_ words: String...) -> [UInt8] {
        Array(("*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()).utf8)
    }

    private static let opening =
        command("PING") + command("AUTH", "anna", "secret") + command("REPLCONF", "listening-port", "6379")
        + command("REPLCONF", "capa", "eof", "capa", "psync2") + command("PSYNC", "?", "-1")

    @Test("a replica gets its answers in order, however its bytes are cut", arguments: [1, 2, 7, 1000])
    func pieces(size: Int) throws {
        var conversation = MasterConversation()
        var actions: [MasterConversation.Action] = []
        let bytes = Self.opening + [0x0A] + Self.command("REPLCONF", "ACK", "0")
        for start in stride(from: 0, to: bytes.count, by: size) {
            actions += try conversation.take(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(
            actions == [
                .reply("+PONG\r\n"), .reply("+OK\r\n"), .reply("+OK\r\n"), .reply("+OK\r\n"), .sendCopy, .follows,
            ])
    }

    @Test("an acknowledgement before the copy means nothing; older replicas say SYNC on a line")
    func order() throws {
        var conversation = MasterConversation()
        #expect(try conversation.take(Self.command("REPLCONF", "ACK", "0")) == [])
        #expect(try conversation.take(Array("SYNC\r\n".utf8)) == [.sendCopy])
        #expect(try conversation.take(Self.command("replconf", "ack", "0")) == [.follows])
    }

    @Test(
        "TLS, and what else is no command of a replica, is told apart",
        arguments: [
            [0x16, 0x03, 0x01], Array("*x\r\n".utf8), Array("*1\r\n+PING\r\n".utf8),
            Array("*9999999\r\n".utf8), Array("*1\r\n$99999999\r\n".utf8), Array("GET / HTTP/1.1\r\n".utf8),
            [UInt8](repeating: 0x16, count: 70_000),
        ] as [[UInt8]])
    func senseless(bytes: [UInt8]) {
        var conversation = MasterConversation()
        #expect(throws: MasterConversation.Senseless.self) { try conversation.take(bytes) }
    }
}
