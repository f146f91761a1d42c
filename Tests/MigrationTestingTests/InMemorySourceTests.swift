// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

@Suite struct InMemorySourceTests {
    @Test func `a migration is announced with the checksum of its script`() async throws {
        let source = InMemorySource([InMemoryMigration("0007", "SELECT 7")])
        let migration = try #require(try await source.migrations().first)
        #expect(migration.id == MigrationID(version: 7))
        #expect(migration.versionText == "0007")
        #expect(migration.name == "0007_migration.sql")
        #expect(try await migration.checksum == Checksum(of: source.script(for: migration)))
    }

    @Test func `identities, names and scripts make a source`() async throws {
        let source = InMemorySource([
            (id: MigrationID(version: 1), name: "0001_users.sql", script: "CREATE TABLE users ()"),
            (id: MigrationID(component: "billing", version: 1), name: "0001_bills.sql", script: "SELECT 1"),
        ])
        let paths = try await source.migrations().map(\.path)
        #expect(paths == ["0001_users.sql", "billing/0001_bills.sql"])
    }

    @Test func `a source can be edited between runs`() async throws {
        let store = InMemoryVersionStore()
        let source = InMemorySource([InMemoryMigration("1", "a")])
        let runner = MigrationRunner(source: source, store: store)
        try await runner.applyPending()
        source.add(InMemoryMigration("2", "b"))
        try await runner.applyPending()
        #expect(await store.effects == ["a", "b"])
        source.replace(MigrationID(version: 1), with: "c")
        #expect(try await runner.status().map(\.state) == [.drifted, .applied])
        source.remove(MigrationID(version: 1))
        #expect(try await runner.status().map(\.state) == [.missing, .applied])
        #expect(source.current.map(\.script) == ["b"])
    }

    @Test func `the scripts that were read are kept, in order`() async throws {
        let source = InMemorySource([InMemoryMigration("1", "a"), InMemoryMigration("2", "b")])
        for migration in try await source.migrations().reversed() {
            _ = try await source.script(for: migration)
        }
        #expect(source.scriptsRead == [MigrationID(version: 2), MigrationID(version: 1)])
    }

    @Test func `reading fails when it is told to, and for a migration that is gone`() async throws {
        struct Unreadable: Error {}
        let source = InMemorySource([InMemoryMigration("1", "a")])
        let migration = try #require(try await source.migrations().first)
        source.fail(with: Unreadable())
        await #expect(throws: Unreadable.self) { try await source.migrations() }
        await #expect(throws: Unreadable.self) { try await source.script(for: migration) }
        source.fail(with: nil)
        source.remove(migration.id)
        await #expect(throws: InMemorySourceError(id: migration.id)) { try await source.script(for: migration) }
    }
}
