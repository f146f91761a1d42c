// SPDX-License-Identifier: Apache-2.0

import Foundation
import PostgresAdapter
import Testing
import ThrowawayPostgres

/// A PostgreSQL of its own, and the servers that were started on it. Used by one test, one step after the other.
final class Bench {
    private let postgres: ThrowawayPostgres
    private let scratch: URL
    private(set) var servers: [Server] = []
    /// The folder that servers take their migrations from.
    var migrations: String

    fileprivate init(_ postgres: ThrowawayPostgres, migrations: String) throws {
        self.postgres = postgres
        self.migrations = migrations
        scratch = FileManager.default.temporaryDirectory.appendingPathComponent("app-server-\(UUID())")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    }

    /// Starts servers, all in one moment, and waits until they listen.
    func start(_ count: Int) async throws {
        let started = try (0..<count).map { _ in
            try Server(database: postgres.connectionURL(), migrations: migrations)
        }
        servers += started
        for server in started { _ = try await server.port() }
    }

    /// Does without one that ended.
    func forget(_ server: Server) {
        servers.removeAll { $0 === server }
    }

    /// Waits until one migrates and all others know that they have to wait.
    func oneMigrates() async throws -> Server {
        try await eventually("one migrates and the others wait") {
            var migrating: [Server] = []
            for server in servers {
                if server.hasEnded { throw Ended(text: server.text) }
                switch try await server.readiness().report.status {
                case "migrating": migrating.append(server)
                case "waitingForLock": break
                default: return nil
                }
            }
            return migrating.count == 1 ? migrating[0] : nil
        }
    }

    /// Waits until all are ready, and looks at what they serve.
    func allServe(_ titles: [String]) async throws {
        for server in servers {
            try await server.reaches("ready")
            #expect(try await server.readiness().status == 200)
            let (status, body) = try await server.get("books")
            #expect(status == 200)
            #expect(try JSONDecoder().decode([String].self, from: body) == titles)
        }
    }

    /// Tells all to end, and sees that they do so well, and leave nothing behind in the database.
    func endAll() async throws {
        for server in servers { server.send(SIGTERM) }
        for server in servers {
            let status = try await server.ends()
            #expect(status == 0, "\(server.text)")
        }
        servers = []
        try await eventually("no advisory lock is left") {
            try await query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0" ? () : nil
        }
        try await eventually("no session is left") {
            try await query(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'strata%' AND pid <> pg_backend_pid()"
            )
                == "0" ? () : nil
        }
    }

    /// Executes a statement in a transaction that stays open for as long as the body runs, and is then undone.
    func holding(_ sql: String, _ body: () async throws -> Void) async throws {
        let connection = try await open()
        do {
            try await connection.query("BEGIN")
            try await connection.query(sql)
            try await body()
            try await connection.query("ROLLBACK")
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    /// The first value of a query.
    func query(_ sql: String) async throws -> String? {
        let connection = try await open()
        do {
            let rows = try await connection.query(sql)
            await connection.close()
            return rows.first?.first ?? nil
        } catch {
            await connection.close()
            throw error
        }
    }

    private func open() async throws -> PostgresConnection {
        var configuration = PostgresConfiguration(parameters: postgres.connectionParameters())
        configuration.applicationName = "the test"
        return try await PostgresConnection.open(configuration)
    }

    /// A copy of the migrations with one more.
    func folder(adding sql: String) throws -> String {
        let folder = scratch.appendingPathComponent("newer")
        try FileManager.default.copyItem(atPath: migrations, toPath: folder.path)
        try sql.write(to: folder.appendingPathComponent("0005_newer.sql"), atomically: true, encoding: .utf8)
        return folder.path
    }

    /// Leaves nothing behind, whatever happened.
    fileprivate func end() async {
        for server in servers where !server.hasEnded { server.send(SIGKILL) }
        for server in servers { _ = try? await server.ends() }
        try? FileManager.default.removeItem(at: scratch)
    }
}

/// Runs a test with a server of PostgreSQL that nobody else uses.
func withBench(_ migrations: String, _ body: (Bench) async throws -> Void) async throws {
    try await ThrowawayPostgres.withServer { postgres in
        let bench = try Bench(postgres, migrations: migrations)
        do {
            try await body(bench)
            await bench.end()
        } catch {
            await bench.end()
            throw error
        }
    }
}
