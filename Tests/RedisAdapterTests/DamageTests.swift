// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct DamageTests {
    /// A small file with every type.
    private static func small() async throws -> [UInt8] {
        try await TestRedis.with { redis in
            try await redis.run("SET", "text", "value", "PXAT", "4102444800000")
            try await redis.run("SET", "number", "12345")
            try await redis.run("SET", "repeated", String(repeating: "ab", count: 100))
            try await redis.run("RPUSH", "list", "a", "12", "-500", String(repeating: "x", count: 70))
            try await redis.run("SADD", "set", "1", "2", "70000")
            try await redis.run("SADD", "words", "a", "b")
            try await redis.run("ZADD", "zset", "1.5", "a", "2", "b")
            try await redis.run("HSET", "hash", "f", "v", "g", "9")
            try await redis.run("XADD", "stream", "1-1", "f", "v")
            try await redis.run("XGROUP", "CREATE", "stream", "group", "0")
            try await redis.run("XREADGROUP", "GROUP", "group", "me", "STREAMS", "stream", ">")
            try await redis.run("SELECT", "2")
            try await redis.run("SET", "text", "other")
            return try await redis.dump()
        }
    }

    @Test("every flipped bit is found")
    func flips() async throws {
        let file = try await Self.small()
        let before = try RDBReader.read(file)
        var survivors: [Int] = []
        for position in file.indices {
            for bit in 0..<8 {
                var damaged = file
                damaged[position] ^= 1 << UInt8(bit)
                if (try? RDBReader.read(damaged)) != nil { survivors.append(position) }
            }
        }
        #expect(survivors.isEmpty)
        #expect(before.keys == 10)
        print("damage: \(file.count * 8) flipped bits in a file of \(file.count) bytes, all found")
    }

    @Test("every byte that gets another value is found, also when that hides the checksum")
    func zeroedChecksum() async throws {
        let file = try await Self.small()
        // With a checksum of 0 a server says that it wrote none: only the set's metadata tells.
        var damaged = file
        for index in file.count - 8..<file.count { damaged[index] = 0 }
        let summary = try RDBReader.read(damaged)
        #expect(summary.checksum == nil)
        try await Parts.with(damaged, described: RDBReader.read(file)) { part in
            let dump = try StoredDump(part)
            let problems = try await dump.examine { _ in }.problems
            #expect(problems.count == 1)
            #expect(problems.first?.contains("another checksum") == true)
        }
    }

    @Test("a file that is cut anywhere is found, and so is anything behind the end")
    func lengths() async throws {
        let file = try await Self.small()
        for length in 0..<file.count {
            #expect(throws: RDBError.self) { try RDBReader.read(Array(file.prefix(length))) }
        }
        for more in [[0], [0xFF], Array(file.prefix(20))] as [[UInt8]] {
            #expect(throws: RDBError.self) { try RDBReader.read(file + more) }
        }
    }

    @Test("an error names what is wrong, and where")
    func messages() async throws {
        let file = try await Self.small()
        func problem(_ bytes: [UInt8]) -> String {
            do {
                _ = try RDBReader.read(bytes)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(problem([]) == "at byte 0: the file ends before its end")
        #expect(problem(Array(file.dropLast())).hasSuffix("the file ends before its end"))
        var changed = file
        changed[file.count - 1] ^= 1
        #expect(problem(changed).contains("the checksum is another one"))
        #expect(problem(file + [0]).contains("there are bytes behind the end"))
        var old = file
        old.replaceSubrange(5..<9, with: Array("0005".utf8))
        #expect(problem(old).contains("of version 5"))
    }

    @Test("damage that the checksum hides is found where a list's own lengths do not fit", arguments: 0..<200)
    func structure(seed: Int) async throws {
        // Whatever random bytes are read: there is an end, and no crash.
        var generator = Pseudorandom(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        var bytes = Array("REDIS0010".utf8)
        let types: [UInt8] = [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25, 247]
        bytes += [types[seed % types.count], 1, UInt8(ascii: "k")]
        for _ in 0..<300 { bytes.append(UInt8(truncatingIfNeeded: generator.next() >> 11)) }
        #expect(throws: RDBError.self) { try RDBReader.read(bytes) }
    }
}

struct Pseudorandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
