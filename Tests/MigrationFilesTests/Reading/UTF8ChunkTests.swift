// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct UTF8ChunkTests {
    @Test(arguments: ["é", "€", "𝄞"])
    func `A character that was cut is unfinished, a whole one is not`(character: String) {
        let bytes = Array("ab\(character)".utf8)
        for length in 0...bytes.count {
            let expected = length <= 2 || length == bytes.count ? 0 : length - 2
            #expect(UTF8Chunk.unfinished(bytes[..<length]) == expected)
        }
    }

    @Test(arguments: [[0x80], [0x80, 0x80, 0x80, 0x80], [0xFF], [0xC0], [0xF5, 0x80], [0xC3, 0xA9, 0x80], []])
    func `Bytes that begin no character are not waited for`(bytes: [UInt8]) {
        #expect(UTF8Chunk.unfinished(bytes[...]) == 0)
    }

    @Test(
        arguments: [
            ([0xFF], 0), ([0x41, 0x80], 1), ([0x41, 0xC3], 1), ([0x41, 0xC3, 0x41], 1), ([0xC0, 0x80], 0),
            ([0xED, 0xA0, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xE2, 0x82], 0), ([0xC3, 0xA4, 0xE4], 2),
        ] as [([UInt8], Int)])
    func `The first fault is where its character begins`(bytes: [UInt8], fault: Int) {
        #expect(!UTF8Chunk.isValid(bytes[...]))
        #expect(UTF8Chunk.firstFault(bytes[...]) == fault)
    }

    @Test func `The first fault is found wherever it is`() {
        let text = Array(String(repeating: "aä€𝄞", count: 40).utf8)
        for place in text.indices where text[place] & 0xC0 != 0x80 {
            let bytes = text[..<place] + [0xFF] + text[place...] + [0xFE]
            #expect(UTF8Chunk.firstFault(bytes[...]) == place)
        }
        #expect(UTF8Chunk.firstFault(text[...]) == nil)
        #expect(UTF8Chunk.isValid(text[...]))
    }

    /// The standard library's own check is the reference.
    @Test(arguments: [1 as UInt64, 2, 3])
    func `Damaged text is told from text as the standard library tells it`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        let text = Array(
            String(repeating: "plain text, aä€𝄞 and \u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10FFFF} ", count: 3).utf8)
        var faults = 0
        for _ in 0..<20_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                let place = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0x7F...0xFF, using: &generator), at: place)
                }
            }
            let slice = bytes[Int.random(in: 0..<9, using: &generator)...]
            let isValid = String(validating: slice, as: UTF8.self) != nil
            if UTF8Chunk.isValid(slice) != isValid { faults += 1 }
        }
        #expect(faults == 0)
    }
}
