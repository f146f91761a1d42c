// SPDX-License-Identifier: Apache-2.0

import Foundation
import PostgresAdapter
import Testing
import ThrowawayPostgres

/// Three servers start at once on one PostgreSQL; one is killed; all of them come to the same end.
@Suite("AppServer", .serialized)
struct AppServerTests {
    private static let migrations = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("migrations").path

    @Test(
        "Three that start at once tell what they wait for, then serve, and each migration ran once",
        .timeLimit(.minutes(10)))
    func startAtOnce() async throws {
        try await withBench(Self.migrations) { bench in
            // Whoever comes to 0001 first has to wait for this table's name.
            try await bench.holding("CREATE TABLE books ()") {
                try await bench.start(3)
                let migrating = try await bench.oneMigrates()
                #expect(try await migrating.readiness().report.migration == "0001_books.sql")
                for server in bench.servers {
                    let (status, report) = try await server.readiness()
                    #expect(status == 503)
                    #expect(
                        report.text.hasPrefix("migrating 1 of 4: 0001_books.sql") || report.text.contains("held by"))
                    #expect(try await server.get("health/live").status == 200)
                    #expect(try await server.get("books").status == 503)
                }
            }
            try await bench.allServe(["Middlemarch", "Moby-Dick", "Walden"])
            #expect(
                try await bench.query("SELECT string_agg(version::text, ' ' ORDER BY version) FROM schema_versions")
                    == "1 2 3 4")
            #expect(
                try await bench.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'books_by_title'::regclass")
                    == "t")
            try await bench.endAll()
        }
    }

    @Test("One that is killed while it migrates is replaced by another, and starts again", .timeLimit(.minutes(10)))
    func killedAndStartedAgain() async throws {
        try await withBench(Self.migrations) { bench in
            try await bench.start(1)
            try await bench.allServe(["Middlemarch", "Moby-Dick", "Walden"])
            try await bench.endAll()

            // A newer build: it has one migration more, which waits for this lock.
            let newer = try bench.folder(
                adding: "ALTER TABLE books ADD COLUMN pages int; INSERT INTO books (title) VALUES ('Emma')")
            bench.migrations = newer
            try await bench.holding("LOCK TABLE books IN ACCESS SHARE MODE") {
                try await bench.start(3)
                let victim = try await bench.oneMigrates()
                victim.send(SIGKILL)
                #expect(try await victim.ends() == SIGKILL)
                bench.forget(victim)
                _ = try await bench.oneMigrates()
                try await bench.start(1)
            }
            try await bench.allServe(["Emma", "Middlemarch", "Moby-Dick", "Walden"])
            #expect(try await bench.query("SELECT count(*) FROM schema_versions") == "5")
            try await bench.endAll()
        }
    }

    @Test("One that is told to end while it migrates undoes that and ends well", .timeLimit(.minutes(10)))
    func endedWhileMigrating() async throws {
        try await withBench(Self.migrations) { bench in
            try await bench.holding("CREATE TABLE books ()") {
                try await bench.start(2)
                _ = try await bench.oneMigrates()
                try await bench.endAll()
            }
            #expect(try await bench.query("SELECT to_regclass('books') IS NULL") == "t")
        }
    }
}
