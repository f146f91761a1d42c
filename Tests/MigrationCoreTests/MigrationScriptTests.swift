// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

struct MigrationScriptTests {
    /// Bytes that are handed out when they are asked for, and how many that were at once.
    private struct Storage: MigrationScriptStorage {
        let content: [UInt8]
        var byteCount: Int { content.count }

        func read(at offset: Int, into buffer: inout [UInt8], range: Range<Int>) {
            buffer.replaceSubrange(range, with: content[offset..<offset + range.count])
        }
    }

    private struct Broken: MigrationScriptStorage, Error {
        let byteCount = 1_000_000
        func read(at offset: Int, into buffer: inout [UInt8], range: Range<Int>) throws {
            if offset > 0 { throw self }
        }
    }

    /// More than one piece, with something special around the border between the first two.
    private func text(border: String) -> [UInt8] {
        let half = border.utf8.count / 2
        return Array((String(repeating: "x", count: 256 * 1024 - half) + border + "y and more of it\n").utf8)
    }

    @Test func `bytes in memory and bytes in a storage are the same script`() throws {
        let bytes = text(border: "ab")
        let (memory, stored) = (MigrationScript(bytes: bytes), MigrationScript(Storage(content: bytes)))
        #expect(memory.isInMemory && !stored.isInMemory)
        #expect(try stored.bytes == memory.bytes)
        #expect(stored.byteCount == memory.byteCount)
        for range in [0..<0, 0..<7, 262_140..<262_150, bytes.count - 3..<bytes.count] {
            #expect(try Array(stored.bytes(in: range)) == Array(bytes[range]))
            #expect(try Array(memory.bytes(in: range)) == Array(bytes[range]))
        }
        #expect(try Checksum(of: stored) == Checksum(of: bytes))
        #expect(try Checksum(of: memory) == Checksum(of: bytes))
    }

    @Test func `pieces add up to the range, are bounded, and none is empty`() throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 256) }
        let script = MigrationScript(Storage(content: bytes))
        for range in [0..<bytes.count, 5..<5, 1000..<999_999] {
            var read: [UInt8] = []
            try script.forEachPiece(in: range) { piece in
                #expect(!piece.isEmpty && piece.count <= 256 * 1024)
                read += piece
            }
            #expect(read == Array(bytes[range]))
        }
    }

    @Test func `a storage that fails fails the reader`() {
        let script = MigrationScript(Broken())
        #expect(throws: Broken.self) { try Checksum(of: script) }
        #expect(throws: Broken.self) { try script.bytes(in: 5..<10) }
    }

    @Test(arguments: ["\r\n", "\r\r\n\n", "a\r\nb\r", "\n\r\n\r"])
    func `line ends at the border of two pieces are told like any others`(border: String) throws {
        let bytes = text(border: border)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let lineFeeds = bytes.enumerated().filter { index, byte in
            byte != 0x0D || index + 1 == bytes.count || bytes[index + 1] != 0x0A
        }.map(\.element)
        let returned = lineFeeds.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        for now in [bytes, mark + bytes] {
            let script = MigrationScript(Storage(content: now))
            for recorded in [lineFeeds, returned, mark + lineFeeds, mark + returned] {
                #expect(try Checksum.differsOnlyInLineEndings(recorded: Checksum(of: recorded), script: script))
            }
            let other = Checksum(of: lineFeeds + [0x20])
            #expect(try !Checksum.differsOnlyInLineEndings(recorded: other, script: script))
        }
    }
}
