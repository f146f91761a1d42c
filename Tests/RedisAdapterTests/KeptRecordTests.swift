// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import RedisAdapter

/// What a note says of a server and of the process that worked on it. Pure.
struct KeptRecordTests {
    private static func identity(
        _ address: String, run: String, history: String, earlier: String? = nil, machine: String? = nil
    ) -> ServerIdentity {
        let info = ServerInfo(
            """
            run_id:\(run)
            master_replid:\(history)
            master_replid2:\(earlier ?? String(repeating: "0", count: 40))
            """)
        return ServerIdentity(address, info, machine: machine)
    }

    /// As it is read from the file.
    private static func noted(_ server: ServerIdentity) throws -> ServerIdentity {
        try #require(KeptRecord(KeptRecord(.replaced, server).text)).server
    }

    @Test("a server that was begun with the dump of another one is not taken for that one")
    func seeded() throws {
        let production = Self.identity("a:1", run: "production-run", history: "production-history")
        let staging = Self.identity(
            "b:1", run: "staging-run", history: "staging-history", earlier: "production-history")
        let noted = try Self.noted(staging)
        #expect(!noted.isSame(as: production))
        #expect(noted.isSame(as: staging))
        let startedAgain = Self.identity(
            "c:1", run: "second-run", history: "second-history", earlier: "staging-history")
        #expect(noted.isSame(as: startedAgain))
    }

    @Test("an address alone tells which server it is on one machine only")
    func address() throws {
        func look(_ run: String, _ machine: String?, at address: String = "a:1") -> ServerIdentity {
            Self.identity(address, run: "\(run)-run", history: "\(run)-history", machine: machine)
        }
        #expect(try Self.noted(look("first", "here")).isSame(as: look("second", "here")))
        #expect(try !Self.noted(look("first", "here")).isSame(as: look("second", "here", at: "a:2")))
        #expect(try !Self.noted(look("first", "here")).isSame(as: look("second", "there")))
        #expect(try !Self.noted(look("first", nil)).isSame(as: look("second", nil)))
        #expect(try !Self.noted(look("first", "here")).isSame(as: look("second", nil)))
        #expect(try Self.noted(look("first", nil)).isSame(as: look("first", nil)))
    }

    @Test("a later process that has got the number of the one that worked is not taken for that one")
    func reusedNumber() throws {
        var record = KeptRecord(.replacing, Self.identity("a:1", run: "a-run", history: "a-history"))
        #expect(!record.isAtWork)
        // The parent of this process is there for as long as this one.
        let parent = RunningProcess.of(getppid())
        record.process = parent
        #expect(try #require(KeptRecord(record.text)).process == parent)
        #expect(record.isAtWork)
        #if os(Linux)
        record.process.started = "1"
        #expect(!record.isAtWork)
        record.process = parent
        record.process.boot = "another"
        #expect(!record.isAtWork)
        #endif
    }
}
