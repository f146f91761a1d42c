// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// Applications keep secrets in settings of their database, where functions find them.
@Suite(.timeLimit(.minutes(60))) struct SecretSettingTests {
    @Test func `a setting that looks like a secret is in the dump and in nothing that is written beside it`()
        async throws
    {
        try await TestDatabase.with { database in
            try await database.query(
                """
                CREATE TABLE t (a integer); INSERT INTO t VALUES (1);
                ALTER DATABASE \(database.name) SET app.settings.jwt_secret = 'hush-hush';
                ALTER DATABASE \(database.name) SET app.tenant = 'north'
                """)
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                #expect(snapshot.details["settings"]?.arrayValue == ["app.tenant=north"])
                for text in ["\(snapshot.details)", snapshot.instructions, "\(snapshot.warnings)"] {
                    #expect(!text.contains("hush-hush"))
                }
                #expect(snapshot.warnings.contains { $0.contains("app.settings.jwt_secret") })
                // Who restores over the database that is there has it all the same.
                let target = PostgresRestoreTarget(
                    database.configuration(), launcher: TestLauncher(), programs: database.server.binaries.folder)
                let part = destination.part(snapshot)
                let session = try await target.openSession(part, options: RestoreOptions())
                try await session.prepare { _ in }
                _ = try await session.swap { _ in }
                await session.discard()
                #expect(try await database.query("SELECT current_setting('app.settings.jwt_secret')") == ["hush-hush"])
                try await TestDatabase(server: database.server, name: "\(database.name)_before_\(part.set)").drop()
            }
        }
    }
}
