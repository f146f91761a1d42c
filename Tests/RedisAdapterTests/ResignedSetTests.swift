// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import MigrationCore
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

/// Sets whose metadata somebody has edited and signed anew.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct ResignedSetTests {
    @Test(
        "numbers that no server has are damage, and do not end the program",
        arguments: [
            ("database", Int64.max), ("database", -1), ("database", 1 << 24), ("keys", .max), ("keys", -1),
            ("expires", .max),
        ])
    func numbers(field: String, value: Int64) throws {
        var database: [String: BackupValue] = ["database": 0, "keys": 1, "expires": 0]
        database[field] = .integer(value)
        do {
            _ = try RedisDetails(["rdb_version": 10, "databases": .array([.object(database)])])
            Issue.record("it was taken")
        } catch {
            #expect(error.category == .damaged)
            #expect(error.message.contains("\(value)"))
        }
        #expect(throws: RedisBackupError.self) { try RedisDetails(["rdb_version": .integer(.max)]) }
    }

    @Test("a file that no backup of Redis has is found when the set is read")
    func extraFile() async throws {
        try await SavedSet.with { set in
            let verifier = RedisArtifactVerifier(launcher: TestLauncher())
            #expect(try await verifier.findUnreadable(set.part) { _ in } == [])
            var part = set.part
            let dump = try #require(part.artifacts.first)
            part.artifacts.append(.init(path: "redis/dump2.rdb", bytes: dump.bytes, checksum: dump.checksum))
            let problems = try await verifier.findUnreadable(part) { _ in }
            #expect(problems == ["redis/dump2.rdb is no part of a backup of Redis"])
        }
    }

    @Test(
        "a set is proven in any folder: with blanks and quotation marks, and with a long path",
        arguments: [true, false])
    func workFolder(isLong: Bool) async throws {
        try await SavedSet.with { set in
            let name = isLong ? String(repeating: "long", count: 25) : "a \"b\" \\ c"
            let folder = "\(set.folder)/\(name)"
            try FolderFiles.make(folder)
            let verifier = RedisArtifactVerifier(launcher: TestLauncher(), folder: folder)
            let proof = try await verifier.restoreForProof(set.part) { _ in }
            #expect(proof.differences == [])
            #expect(!proof.compared.isEmpty)
        }
    }
}
