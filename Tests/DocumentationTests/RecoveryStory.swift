// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import ThrowawayPostgres

/// Deployments that fail, one after the other, in one database; and what the program says to each.
final class RecoveryStory {
    private let database: TestDatabase
    private let folder: URL
    private(set) var printed = ""

    init(_ database: TestDatabase) throws {
        self.database = database
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("strata-recovery-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func failedTransaction() throws {
        let text = """
            CREATE TYPE mood AS ENUM ('sad');
            ALTER TABLE users ADD COLUMN mood mood;
            ALTER TABLE userz ADD COLUMN note text;
            """
        try write("0001_mood.sql", text)
        try strata("migrate")
        try write("0001_mood.sql", text.replacing("userz", with: "users"))
        try strata("migrate")
    }

    func failedIndex() async throws {
        let text = """
            CREATE TABLE addresses (email text);
            CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);
            ALTER TABLE users ALTER COLUMN email SET NOT NULL;
            """
        try write("0002_unique_email.sql", text)
        for command in ["migrate --dry-run", "migrate", "status"] { try strata(command) }
        try write("0002_unique_email.sql", text.replacing("(email text)", with: "(email text, id int)"))
        try strata("migrate")
        try write("0002_unique_email.sql", text)
        try await database.query("DELETE FROM users WHERE id = 2")
        try strata("migrate")
    }

    /// The session of the run is ended while the procedure waits.
    func unknownOutcome() async throws {
        try write(
            "0003_fill.sql",
            """
            -- strata: no-transaction
            CREATE PROCEDURE fill_verified() LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE users SET verified = false WHERE verified IS NULL;
                COMMIT;
            END $$;
            CALL fill_verified();
            """)
        try await database.withConnection { holder in
            try await holder.query("BEGIN; LOCK TABLE users")
            let (run, _) = try start("migrate")
            _ = try await eventually {
                try await database.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'users'::regclass AND NOT granted"
                ) == ["t"]
            }
            run.waitUntilExit()
            try await holder.query("ROLLBACK")
        }
        try strata("migrate")
        try strata("resolve 3 --statement 2 --redo")
        try strata("migrate")
    }

    func invalidIndex() async throws {
        try await database.query(
            "INSERT INTO users VALUES (3, 'bob@example.com', false), (4, 'eve@example.com', false)")
        _ = try? await database.query("CREATE UNIQUE INDEX CONCURRENTLY users_verified ON users (verified)")
        try write(
            "0004_verified.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_verified ON users (verified);")
        try strata("migrate")
    }

    func otherRun() async throws {
        let session = try await PostgresVersionStore(database.configuration()).openSession()
        try await session.lock(LockRequest(), observe: { _ in })
        try strata("migrate --lock-wait 1s")
        await session.close()
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }

    private func strata(_ arguments: String) throws {
        let (run, pipe) = try start(arguments)
        printed += String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        run.waitUntilExit()
    }

    private func start(_ arguments: String) throws -> (Process, Pipe) {
        let process = Process()
        // The package manager puts programs beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("strata")
        process.arguments = arguments.split(separator: " ").map(String.init) + ["--migrations", folder.path]
        var environment = ProcessInfo.processInfo.environment
        environment["DATABASE_URL"] = database.server.connectionURL(database: database.name)
        environment["MIGRATION_DATABASE_URL"] = nil
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        return (process, pipe)
    }
}
