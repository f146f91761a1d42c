// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RDBReaderTests {
    @Test("keys, expiries, types and functions are counted as the server counts them")
    func counts() async throws {
        try await TestRedis.with { redis in
            try await SampleData.fill(redis.connection)
            let summary = try await redis.summary()
            #expect(summary.databases == SampleData.databases)
            let info = ServerInfo(try await redis.run("INFO", "keyspace").string ?? "")
            #expect(summary.databases == info.databases)
            #expect(summary.types == SampleData.types)
            #expect(summary.functions == 1)
            #expect(summary.version == 10)
            #expect(summary.checksum != nil)
            #expect(summary.isCounted)
            #expect(!summary.needsModules)
            #expect(summary.auxiliary["redis-ver"] == redis.server.version)
        }
    }

    @Test("the same contents have the same digest, however a server stores them")
    func encodings() async throws {
        try await TestRedis.with { redis in
            try await SampleData.fill(redis.connection)
            let dump = try await redis.dump()
            let summary = try RDBReader.read(dump)
            let settings: [[String: String]] = [
                [:],
                [
                    "hash-max-listpack-entries": "0", "zset-max-listpack-entries": "0", "set-max-intset-entries": "0",
                    "list-max-listpack-size": "1", "rdbcompression": "no",
                ],
                [
                    "hash-max-listpack-entries": "100000", "hash-max-listpack-value": "10000",
                    "zset-max-listpack-entries": "100000", "set-max-intset-entries": "100000",
                    "list-max-listpack-size": "-5",
                ],
            ]
            for settings in settings {
                let loaded = try await Loaded.summary(of: dump) { $0.settings.merge(settings) { $1 } }
                #expect(loaded.contentDigest == summary.contentDigest, "\(settings)")
                #expect(loaded.databases == summary.databases)
            }
        }
    }

    @Test(
        "whatever changes, changes the digest",
        arguments: [
            ["SET", "text", "plain texT"], ["SET", "new", "1"], ["DEL", "text"], ["RENAME", "number:1", "number:0"],
            ["LSET", "list:many", "1500", "other"], ["LSET", "list:numbers", "3", "-2"], ["RPUSH", "list:same", "z"],
            ["SADD", "set:small", "4"], ["SREM", "set:many", "member 9"], ["ZADD", "zset:short", "0.2", "tenth"],
            ["ZADD", "zset:many", "7", "member 7"], ["HSET", "hash:same", "a", "a"],
            ["HSET", "hash:many", "field 8", "value 9"], ["XADD", "stream:many", "2-1", "a", "b"],
            ["XDEL", "stream:many", "1-9"], ["XACK", "stream:groups", "first", "5-1"],
            ["XGROUP", "CREATE", "stream:many", "g", "0"], ["XGROUP", "SETID", "stream:groups", "second", "5-1"],
            ["PERSIST", "text"], ["PEXPIREAT", "text", "4102444800000"], ["MOVE", "text", "3"],
            ["MOVE", "set:small", "3"], ["FUNCTION", "FLUSH"], ["SETRANGE", "long", "300000", "!"],
        ])
    func changes(command: [String]) async throws {
        try await TestRedis.with { redis in
            try await SampleData.fill(redis.connection)
            try await redis.run("SELECT", "0")
            let before = try await redis.summary().contentDigest
            // The same contents once more have the same digest.
            #expect(try await redis.summary().contentDigest == before)
            let reply = try await redis.connection.ask(command)
            #expect(reply.error == nil)
            // MOVE of a key that is there already does nothing.
            let isChanged = reply != .integer(0) || ["HSET", "ZADD"].contains(command[0])
            #expect(try await (redis.summary().contentDigest != before) == isChanged, "\(reply)")
        }
    }

    @Test("how the bytes are cut makes no difference", arguments: [1, 2, 7, 1000])
    func pieces(size: Int) async throws {
        try await TestRedis.with { redis in
            try await SampleData.fill(redis.connection)
            // By single bytes only without what is large.
            if size < 1000 { try await redis.run("DEL", "long", "list:huge", "list:many", "set:many", "hash:many") }
            let dump = try await redis.dump()
            let whole = try RDBReader.read(dump)
            var reader = RDBReader()
            for start in stride(from: 0, to: dump.count, by: size) {
                #expect(!reader.isAtEnd)
                try reader.read(Array(dump[start..<min(start + size, dump.count)]))
            }
            #expect(reader.isAtEnd)
            #expect(try reader.finish() == whole)
        }
    }

    @Test("a data set without keys is read")
    func empty() async throws {
        try await TestRedis.with { redis in
            let summary = try await redis.summary()
            #expect(summary.keys == 0)
            #expect(summary.databases.isEmpty)
            #expect(summary.contentDigest == 0)
        }
    }

    @Test("without a checksum the rest is read, and it is told that there is none")
    func noChecksum() async throws {
        try await TestRedis.with {
            $0.settings["rdbchecksum"] = "no"
        } _: { redis in
            try await SampleData.fill(redis.connection)
            let summary = try await redis.summary()
            #expect(summary.checksum == nil)
            #expect(summary.databases == SampleData.databases)
        }
    }
}
