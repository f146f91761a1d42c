// SPDX-License-Identifier: Apache-2.0

import Foundation
import PostgresAdapter
import Subprocess
package import ThrowawayPostgres

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A server that follows another one, as in production: made with `pg_basebackup`, fed by streaming replication.
package struct TestStandby: Sendable {
    /// It could not be made.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The server, open for reading until it is promoted.
    package let server: ThrowawayPostgres
    private let primary: ThrowawayPostgres

    /// Runs a body with a standby of a server, and stops it.
    package static func with<Result: Sendable>(
        of primary: ThrowawayPostgres, _ body: @Sendable (TestStandby) async throws -> Result
    ) async throws -> Result {
        try await ThrowawayPostgres.withServer(.forTests) { server in
            // Folder and account are there; only the data is another's.
            try await server.stopServer()
            let data = server.dataDirectory
            let owner = try FileManager.default.attributesOfItem(atPath: data)
            try FileManager.default.removeItem(atPath: data)
            let copy = try await primary.run(
                tool: "pg_basebackup", ["-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync"])
            guard copy.succeeded else { throw Failure(description: "pg_basebackup: \(copy.errorText)") }
            if let account = owner[.ownerAccountID], let group = owner[.groupOwnerAccountID] {
                _ = try await Subprocess.run(
                    .name("chown"), arguments: ["-R", "\(account):\(group)", data], input: .none, output: .discarded,
                    error: .discarded)
            }
            try await server.startServer(standby: true)
            let standby = TestStandby(server: server, primary: primary)
            try await standby.set("log_statement", "all")
            try await standby.waitUntilEqual()
            return try await body(standby)
        }
    }

    /// Waits until it has everything that the primary has.
    package func waitUntilEqual() async throws {
        let lag = "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()"
        guard try await eventually({ try await Self.ask(primary, lag) == "1" }) else {
            throw Failure(description: "the standby does not follow")
        }
    }

    /// Cuts it off from the primary: what is committed there from now on never comes here.
    package func detach() async throws {
        try await set("primary_conninfo", "")
        guard try await eventually({ try await Self.ask(primary, "SELECT count(*) FROM pg_stat_replication") == "0" })
        else { throw Failure(description: "the standby still follows") }
    }

    /// Its other settings are the primary's.
    private func set(_ name: String, _ value: String) async throws {
        for statement in ["ALTER SYSTEM SET \(name) = '\(value)'", "SELECT pg_reload_conf()"] {
            _ = try await Self.ask(server, statement)
        }
    }

    /// Makes a primary of it.
    package func promote() async throws {
        guard try await Self.ask(server, "SELECT pg_promote(true, 600)") == "t" else {
            throw Failure(description: "the standby cannot be promoted")
        }
    }

    private static func ask(_ server: ThrowawayPostgres, _ sql: String) async throws -> String? {
        let connection = try await PostgresConnection.open(.patient(server.connectionParameters()))
        defer { Task { await connection.close() } }
        return try await connection.query(sql).first?.first ?? nil
    }
}
