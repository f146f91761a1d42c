// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

/// Elements of packed lists at the lengths where their form changes, and far beyond.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct LongElementTests {
    /// An element's recorded length has one byte more from 16383 on, and from 2097151: what stands around the text is 3 or 5 bytes.
    private static let lengths =
        [63, 64, 4090, 4095, 4096, 4097] + Array(16370...16385) + Array(2_097_143...2_097_153)

    @Test("lists, hashes and streams with elements of any length are saved, and are the same once more")
    func lengths() async throws {
        try await TestRedis.with {
            // All of them in one packed list.
            $0.settings["list-max-listpack-size"] = "100"
            $0.settings["hash-max-listpack-value"] = "100000000"
            $0.settings["stream-node-max-bytes"] = "0"
        } _: { redis in
            for length in Self.lengths {
                let script = """
                    local text = string.rep('x', ARGV[1])
                    redis.call('RPUSH', 'list', text)
                    redis.call('HSET', 'hash', 'f' .. ARGV[1], text)
                    redis.call('XADD', 'stream', '*', 'f', text)
                    """
                try await redis.run("EVAL", script, "0", "\(length)")
            }
            #expect(try await redis.run("OBJECT", "ENCODING", "hash").string == "listpack")
            let dump = try await redis.dump()
            let summary = try RDBReader.read(dump)
            #expect(summary.types == ["list": 1, "hash": 1, "stream": 1])
            // A server that stores all of it otherwise.
            let other = try await Loaded.summary(of: dump) {
                $0.settings["list-max-listpack-size"] = "1"
                $0.settings["hash-max-listpack-value"] = "1"
                $0.settings["rdbcompression"] = "no"
            }
            #expect(other.contentDigest == summary.contentDigest)
            var reader = RDBReader()
            for start in stride(from: 0, to: dump.count, by: 1000) {
                try reader.read(Array(dump[start..<min(start + 1000, dump.count)]))
            }
            #expect(try reader.finish() == summary)
        }
    }

    @Test("of a long element no more is held than came last", arguments: [4097, 20_000_000])
    func held(length: Int) throws {
        let text = [UInt8](repeating: 7, count: length)
        let size = UInt32(6 + 5 + length + Self.recorded(5 + length).count + 1)
        var bytes = Self.bytes(size) + [1, 0, 0xF0] + Self.bytes(UInt32(length)) + text
        bytes += Self.recorded(5 + length) + [0xFF]
        var reader = PackedReader(.listpack)
        var hashes: [UInt64] = []
        for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
            unsafe try bytes[start..<min(start + 1 << 16, bytes.count)].withUnsafeBufferPointer {
                unsafe try reader.read($0) { element in hashes.append(element.hash) }
            }
            #expect(reader.held < 16)
        }
        try reader.finish()
        #expect(hashes == [unsafe text.withUnsafeBufferPointer { unsafe ContentHash.of($0) }])
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// `lpEncodeBacklen` of Redis.
    private static func recorded(_ length: Int) -> [UInt8] {
        let count = length <= 127 ? 1 : length < 16383 ? 2 : length < 2_097_151 ? 3 : length < 268_435_455 ? 4 : 5
        return (0..<count).reversed().map { place in
            UInt8(length >> (place * 7) & 127) | (place == count - 1 ? 0 : 128)
        }
    }
}
