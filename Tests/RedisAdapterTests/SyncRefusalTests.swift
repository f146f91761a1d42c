// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import MigrationCore
import TestSupport
import Testing

@testable import RedisAdapter

/// Errors name their cause.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct SyncRefusalTests {
    @Test("a password for a server without one, and a server that has no room for another connection")
    func connecting() async throws {
        try await TestRedis.with { redis in
            var configuration = redis.configuration
            configuration.password = "swordfish"
            let needless = await #expect(throws: RedisBackupError.self) {
                _ = try await RedisConnection.open(configuration)
            }
            #expect(needless?.message.contains("has no password, and one was given") == true)
            #expect(needless?.message.contains("swordfish") == false)
            try await redis.run("CONFIG", "SET", "maxclients", "1")
            let full = await #expect(throws: RedisBackupError.self) {
                try await FolderDestination.with { destination in
                    _ = try await RedisBackupTarget(redis.configuration).backUp(to: destination) { _ in }
                }
            }
            #expect(full?.message.contains("maxclients") == true)
        }
    }

    @Test("protected mode is told apart, with what to do")
    func protected() {
        let words = "DENIED Redis is running in protected mode because protected mode is enabled and no password is set"
        let error = SyncRefusal(endpoint: .tcp(host: "192.0.2.1", port: 6379), user: nil).error(words, command: "INFO")
        #expect(error.category == .unavailable)
        #expect(error.message.contains("protected mode") && error.message.contains("requirepass"))
        #expect(!error.message.contains("managed"))
    }
}
