// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite struct PostgresArtifactVerifierTests {
    private func verifier(_ database: TestDatabase) -> PostgresArtifactVerifier<TestProvingServers> {
        PostgresArtifactVerifier(
            launcher: TestLauncher(), servers: TestProvingServers(), programs: database.server.binaries.folder)
    }

    @Test func `a whole set is readable and proven, as file and as folder`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            try await database.query(SampleDatabase.inheritance)
            try await TestDatabase.execute(
                "DROP ROLE IF EXISTS \"o'wner\"; CREATE ROLE \"o'wner\"", on: database.server)
            try await database.query("ALTER TABLE twins OWNER TO \"o'wner\"")
            for jobs in [1, 2] {
                try await FolderDestination.with { destination in
                    let part = destination.part(
                        try await save(database, to: destination, .init(digest: true, jobs: jobs)))
                    #expect(try await verifier(database).findUnreadable(part) { _ in } == [])
                    let proof = try await verifier(database).restoreForProof(part) { _ in }
                    #expect(proof.differences == [])
                    #expect(proof.compared.count == 2, "\(proof)")
                }
            }
            try await database.query("DROP OWNED BY \"o'wner\"")
        }
    }

    @Test func `damage of every kind is found`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                let part = destination.part(snapshot)
                let path = "\(destination.folder)/postgres_\(database.name).dump"
                let whole = try #require(FileManager.default.contents(atPath: path))
                for length in [0, 3, 100, whole.count / 2, whole.count - 1] {
                    try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                    #expect(try await verifier(database).findUnreadable(part) { _ in } != [], "cut to \(length)")
                }
                let empty = try await TestDatabase.with { other in
                    try await FolderDestination.with { second in
                        try await save(other, to: second)
                        return FileManager.default.contents(atPath: "\(second.folder)/postgres_\(other.name).dump")
                    }
                }
                try #require(empty).write(to: URL(fileURLWithPath: path))
                let problems = try await verifier(database).findUnreadable(part) { _ in }
                #expect(problems.contains { $0.contains("public.kinds") }, "\(problems)")
                #expect(try await verifier(database).restoreForProof(part) { _ in }.differences != [])
            }
        }
    }

    @Test func `rows that are not those of the snapshot are found`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            try await FolderDestination.with { destination in
                let snapshot = try await save(database, to: destination, .init(digest: true))
                try await database.query(
                    """
                    UPDATE twins SET a = 2 WHERE ctid = '(0,1)'; INSERT INTO one DEFAULT VALUES; DELETE FROM schema_versions
                    WHERE version = 10; SELECT lo_put(oid, 0, 'S') FROM pg_largeobject_metadata
                    """)
                let path = "\(destination.folder)/postgres_\(database.name).dump"
                let stale = try await FolderDestination.with { second in
                    try await save(database, to: second)
                    return FileManager.default.contents(atPath: "\(second.folder)/postgres_\(database.name).dump")
                }
                try #require(stale).write(to: URL(fileURLWithPath: path))
                let proof = try await verifier(database).restoreForProof(destination.part(snapshot)) { _ in }
                let text = proof.differences.joined(separator: "\n")
                for object in ["public.twins", "public.one", "public.schema_versions", "large objects", "the history"] {
                    #expect(text.contains(object), "\(text)")
                }
                #expect(proof.differences.count == 5)
            }
        }
    }

    @Test func `globals that stop and a history that is none are found`() async throws {
        try await TestDatabase.with { database in
            try await SampleDatabase.fill(database)
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(database, to: destination))
                let path = "\(destination.folder)/postgres_globals.sql"
                let whole = try #require(FileManager.default.contents(atPath: path))
                for length in [0, 100, whole.count - 60] {
                    try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                    let problems = try await verifier(database).findUnreadable(part) { _ in }
                    #expect(problems == ["postgres_globals.sql stops before its end"], "cut to \(length)")
                }
                try FileManager.default.removeItem(atPath: path)
                let error = await #expect(throws: PostgresBackupError.self) {
                    _ = try await verifier(database).findUnreadable(part) { _ in }
                }
                #expect(error?.category == .destination)
                let gone = destination.part(part.snapshot)
                let problems = try await verifier(database).findUnreadable(gone) { _ in }
                #expect(problems == ["postgres_globals.sql is missing"])
            }
            try await database.query("ALTER TABLE schema_versions RENAME version TO number")
            try await FolderDestination.with { destination in
                var snapshot = try await save(
                    database, to: destination, .init(historyTable: HistoryTable(name: "nothing")))
                snapshot.details["history_table"] = ["public", "schema_versions"]
                let proof = try await verifier(database).restoreForProof(destination.part(snapshot)) { _ in }
                #expect(proof.differences.count == 1)
                #expect(proof.differences.first?.contains("the history cannot be read") == true, "\(proof)")
            }
        }
    }

    @Test func `an extension that the machine lacks is no damage`() async throws {
        try await TestDatabase.with { database in
            try await FolderDestination.with { destination in
                var snapshot = try await save(database, to: destination)
                snapshot.details["extensions"] = ["no_such_extension"]
                let part = destination.part(snapshot)
                let error = await #expect(throws: PostgresBackupError.self) {
                    _ = try await verifier(database).restoreForProof(part) { _ in }
                }
                #expect(error?.category == .configuration)
                #expect(error?.message.contains("no_such_extension") == true)
            }
        }
    }
}
