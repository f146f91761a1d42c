// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("MessageReader")
struct MessageReaderTests {
    private let startup: [UInt8] = [0, 0, 0, 8, 0, 3, 0, 0]
    private let query: [UInt8] = [0x51, 0, 0, 0, 6, 0x3B, 0]
    private let sync: [UInt8] = [0x53, 0, 0, 0, 4]

    @Test("Messages are found whatever pieces they arrive in", arguments: 1...21)
    func pieces(size: Int) {
        let all = startup + query + sync
        var reader = MessageReader(isClient: true)
        var messages: [MessageReader.Message] = []
        for start in stride(from: 0, to: all.count, by: size) {
            messages += reader.take(Array(all[start..<min(start + size, all.count)]))
        }
        #expect(messages.map(\.letter) == [nil, "Q", "S"])
        #expect(messages.map { Array($0.bytes) } == [startup, query, sync])
    }

    @Test("A server's first message has a letter")
    func server() {
        var reader = MessageReader(isClient: false)
        #expect(reader.take(sync + [0x5A, 0, 0]).map(\.letter) == ["S"])
        #expect(reader.take([0, 5, 0x49]).map(\.letter) == ["Z"])
    }
}
