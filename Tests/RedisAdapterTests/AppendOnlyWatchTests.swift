// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RedisAdapter

/// What is concluded from what a server says of its append-only file.
struct AppendOnlyWatchTests {
    private typealias Conclusion = AppendOnlyWait.Watch.Conclusion

    private static func conclusions(_ facts: [String: String], times: Int) -> [Conclusion] {
        let usual = [
            "aof_enabled": "1", "aof_rewrite_in_progress": "0", "aof_rewrite_scheduled": "0",
            "aof_last_bgrewrite_status": "ok", "rdb_bgsave_in_progress": "0",
        ]
        let text = usual.merging(facts) { $1 }.map { "\($0.key):\($0.value)\r\n" }.joined()
        var watch = AppendOnlyWait.Watch()
        return (0..<times).map { _ in watch.conclude(ServerInfo(text)) }
    }

    @Test("it is written, or was not, as soon as nothing is to come")
    func ended() {
        #expect(Self.conclusions([:], times: 1) == [.written])
        #expect(Self.conclusions(["aof_enabled": "0"], times: 1) == [.written])
        #expect(Self.conclusions(["aof_last_bgrewrite_status": "err"], times: 1) == [.failed])
    }

    @Test("a server that has failed and would try again some time is given up, one that tries is not")
    func failed() {
        let failed = ["aof_last_bgrewrite_status": "err", "aof_rewrite_scheduled": "1"]
        let seen = Self.conclusions(failed, times: 31)
        #expect(seen.dropLast().allSatisfy { $0 == .wait } && seen.last == .failed)
        let often = failed.merging(["aof_rewrites_consecutive_failures": "3"]) { $1 }
        #expect(Self.conclusions(often, times: 1) == [.failed])
        let trying = failed.merging(["aof_rewrite_in_progress": "1"]) { $1 }
        #expect(Self.conclusions(trying, times: 100).allSatisfy { $0 == .wait })
        let behind = failed.merging(["rdb_bgsave_in_progress": "1"]) { $1 }
        #expect(Self.conclusions(behind, times: 100).allSatisfy { $0 == .wait })
    }

    @Test("where nothing moves, nobody waits without end")
    func stuck() {
        let seen = Self.conclusions(["aof_rewrite_in_progress": "1"], times: 20000)
        #expect(seen.first == .wait && seen.last == .stuck)
    }

    @Test("a save that ends is seen, and one in which nothing moves is not waited for without end")
    func save() {
        func conclusions(_ status: String, times: Int, _ keys: (Int) -> Int) -> [SnapshotWait.Watch.Conclusion] {
            var watch = SnapshotWait.Watch()
            return (0..<times).map { look in
                watch.conclude(ServerInfo("\(status)\r\ncurrent_save_keys_processed:\(keys(look))\r\n"))
            }
        }
        let ended = "rdb_bgsave_in_progress:0\r\nrdb_last_bgsave_status"
        #expect(conclusions("\(ended):ok", times: 1) { _ in 0 } == [.saved])
        #expect(conclusions("\(ended):err", times: 1) { _ in 0 } == [.failed])
        let still = conclusions("rdb_bgsave_in_progress:1", times: 20000) { _ in 7 }
        #expect(still.first == .wait && still.last == .stuck)
        #expect(conclusions("rdb_bgsave_in_progress:1", times: 20000) { $0 }.allSatisfy { $0 == .wait })
    }
}
