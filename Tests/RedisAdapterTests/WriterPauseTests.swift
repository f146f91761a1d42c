// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct WriterPauseTests {
    @Test("writers wait until the end, and readers do not")
    func holds() async throws {
        try await TestRedis.with { redis in
            let pause = try #require(await WriterPause.begin(redis.configuration))
            let isWritten = Flag()
            let writer = Task {
                let connection = try await RedisConnection.open(redis.configuration)
                _ = try await connection.ask(["SET", "a", "1"])
                isWritten.set()
            }
            let isWaiting = try await eventually {
                try await redis.run("CLIENT", "LIST").string?.contains("cmd=set") == true
            }
            #expect(isWaiting)
            #expect(try await redis.run("GET", "a") == .null)
            #expect(await pause.renew())
            #expect(!isWritten.isSet)
            await pause.end()
            try await writer.value
            #expect(try await redis.run("GET", "a").string == "1")
        }
    }

    @Test("a pause that was over for a moment is known to have a gap, for good")
    func gap() async throws {
        try await TestRedis.with { redis in
            var configuration = redis.configuration
            configuration.pauseLength = .milliseconds(60)
            let pause = try #require(await WriterPause.begin(configuration))
            // Its own renewals are lost: the server is busy for longer than it lasts.
            try await redis.run("DEBUG", "SLEEP", "0.3")
            #expect(await !pause.renew())
            #expect(await !pause.renew())
            await pause.end()
        }
    }

    @Test("a server that does not allow it is told apart")
    func notAllowed() async throws {
        try await TestRedis.with { redis in
            try await redis.run("ACL", "SETUSER", "other", "on", "nopass", "-@all", "+ping")
            var configuration = redis.configuration
            configuration.user = "other"
            #expect(await WriterPause.begin(configuration) == nil)
        }
    }
}

/// Whether something has happened.
private final class Flag: Sendable {
    private let value = Mutex(false)

    func set() { value.withLock { $0 = true } }
    var isSet: Bool { value.withLock(\.self) }
}
