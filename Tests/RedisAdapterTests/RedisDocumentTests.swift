// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisDocumentTests {
    /// The command of `Docs/Redis.md` that makes a user.
    private static func command(_ user: String) throws -> [String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("Docs/Redis.md"), encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("ACL SETUSER \(user) ") }
        return try #require(line).split(separator: " ").map(String.init)
    }

    @Test("the users of the document have all the rights that are used, and no warning is left")
    func rights() async throws {
        try await SavedSet.with { set in
            try await TestRedis.with { redis in
                for user in ["saver", "restorer"] {
                    #expect(try await redis.connection.ask(Self.command(user)).string == "OK")
                }
                var configuration = redis.configuration
                configuration.user = "saver"
                configuration.password = "PASSWORD"
                try await FolderDestination.with { destination in
                    let snapshot = try await RedisBackupTarget(configuration).backUp(to: destination) { _ in }
                    #expect(snapshot.warnings == [])
                }
                configuration.user = "restorer"
                let events = EventList()
                try await set.restore(RedisRestoreTarget(configuration, keepFolder: set.folder)) { events.add($0) }
                #expect(!events.all.contains { if case .notice = $0 { true } else { false } })
                #expect(try await redis.digest == set.digest)
            }
        }
    }
}
