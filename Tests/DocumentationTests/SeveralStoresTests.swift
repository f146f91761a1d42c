// SPDX-License-Identifier: Apache-2.0

import BackupKit
import ChromaAdapter
import Foundation
import MigrationCore
import PostgresAdapter
import RedisAdapter
import TestSupport
import Testing
import ThrowawayRedis

/// The example of a store of one's own beside the three that we know does what its document says.
@Suite("Several stores in use", .timeLimit(.minutes(15)))
struct SeveralStoresTests {
    private func withBackups(
        _ body: @Sendable (ApplicationBackups, DocumentedStores) async throws -> Void
    ) async throws {
        try await DocumentedStores.with { stores in
            let settings = stores.folder.appendingPathComponent("settings.json").path
            try write(#"{"colour": "blue", "size": 3}"#, to: settings)
            let backups = ApplicationBackups(
                folder: BackupFolder(stores.backups), postgres: stores.database.configuration(),
                redis: try RedisConfiguration(url: "unix://\(stores.redis.socket)"),
                chroma: ChromaConfiguration(path: stores.folder.appendingPathComponent("chroma").path),
                settings: settings)
            try await body(backups, stores)
        }
    }

    private func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func contents(_ backups: ApplicationBackups) throws -> String {
        try String(contentsOfFile: backups.settings, encoding: .utf8)
    }

    @Test("All stores are saved, proven, restored and undone together")
    func roundTrip() async throws {
        try await withBackups { backups, stores in
            let set = try await backups.run()
            #expect(set.metadata.status == .complete)
            #expect(set.verified == .restored)
            #expect(set.parts.map(\.store.description) == ["chroma", "postgres", "redis", "settings"])

            try await stores.database.query("INSERT INTO a VALUES (3)")
            try write("{}", to: backups.settings)
            let results = try await backups.restore()
            #expect(results.count == 4)
            #expect(try contents(backups) == #"{"colour": "blue", "size": 3}"#)
            #expect(try await stores.database.query("SELECT count(*) FROM a") == ["2"])

            _ = try await backups.undo(set.name)
            #expect(try contents(backups) == "{}")
            #expect(try await stores.database.query("SELECT count(*) FROM a") == ["3"])
        }
    }

    @Test("A store of one's own that cannot be saved fails the run, and the others are in the set all the same")
    func broken() async throws {
        try await withBackups { backups, _ in
            try write("no JSON", to: backups.settings)
            let error = await #expect(throws: SettingsError.self) { try await backups.run() }
            #expect(error?.description.contains("is no JSON object") == true)
            let set = try backups.folder.set("latest")
            #expect(set.metadata.status == .partial)
            #expect(set.parts.map(\.store.description) == ["chroma", "postgres", "redis"])
        }
    }

    @Test("Damage that has fitting digests is found by the verifier of the store")
    func damaged() async throws {
        try await withBackups { backups, _ in
            let targets = [SettingsTarget(path: backups.settings)]
            let set = try await BackupRunner(
                folder: backups.folder, targets: targets, options: .init(strataVersion: "1.0")
            ).run()
            let part = try #require(set.parts.first)
            try write(#"{"colour": "blue"}"#, to: "\(set.folder)/settings/settings.json")
            #expect(try await SettingsVerifier().findUnreadable(part) { _ in } == [])
            #expect(
                try await SettingsVerifier().restoreForProof(part) { _ in }.differences
                    == ["settings/settings.json has 1 entries, it had 2"])
            let report = try await SetVerifier(verifiers: [SettingsVerifier()], strataVersion: "1.0")
                .verify(set, upTo: .restored)
            #expect(report.isDamaged)
        }
    }
}
