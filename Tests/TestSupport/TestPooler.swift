// SPDX-License-Identifier: Apache-2.0

import Foundation
package import PostgresAdapter
import Subprocess
import ThrowawayPostgres

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A pgbouncer between a test and the server of a database.
package struct TestPooler: Sendable {
    /// Which process of the server a client gets, and for how long.
    package enum Mode: String, Sendable, CaseIterable { case session, transaction }

    /// pgbouncer is not there, or did not come up.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    private let folder: String
    private let database: TestDatabase

    /// Runs a body with a pooler, which ends with it.
    ///
    /// - Parameter poolSize: How many processes of the server it uses for a database.
    package static func with<Result: Sendable>(
        _ mode: Mode, before database: TestDatabase, poolSize: Int = 20,
        _ body: @Sendable (TestPooler) async throws -> Result
    ) async throws -> Result {
        let places = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        guard let program = places.map({ "\($0)/pgbouncer" }).first(where: FileManager.default.isExecutableFile) else {
            throw Missing(description: "there is no pgbouncer on this machine: Scripts/setup.sh installs it")
        }
        let folder = "/tmp/strata-pooler-\(UInt32.random(in: 0...UInt32.max))"
        let files = FileManager.default
        // The pooler refuses to run as root, and gives itself to the account that the server has.
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
        try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
        defer { try? files.removeItem(atPath: folder) }
        let pooler = TestPooler(folder: folder, database: database)
        try pooler.writeConfiguration(mode, poolSize: poolSize)
        var arguments = ["\(folder)/pgbouncer.ini"]
        if files.attributesOfOwner(atPath: folder) == 0 { arguments = ["-u", "postgres"] + arguments }
        let outcome = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments), input: .none, output: .discarded,
            error: .discarded
        ) { execution in
            do {
                try await pooler.waitUntilReady()
                let result = try await body(pooler)
                try execution.send(signal: .terminate)
                return Swift.Result<Result, any Error>.success(result)
            } catch {
                try? execution.send(signal: .terminate)
                return .failure(error)
            }
        }
        return try outcome.closureResult.get()
    }

    private func writeConfiguration(_ mode: Mode, poolSize: Int) throws {
        let server = database.server.connectionParameters()
        try "\"\(server["user"] ?? "postgres")\" \"\"\n".write(
            toFile: "\(folder)/users", atomically: false, encoding: .utf8)
        try """
        [databases]
        * = host=\(server["host"] ?? "") port=\(server["port"] ?? "5432")
        [pgbouncer]
        pool_mode = \(mode.rawValue)
        listen_addr =
        listen_port = 6432
        unix_socket_dir = \(folder)
        auth_type = trust
        auth_file = \(folder)/users
        default_pool_size = \(poolSize)
        server_check_delay = 0
        """.write(toFile: "\(folder)/pgbouncer.ini", atomically: false, encoding: .utf8)
    }

    private func waitUntilReady() async throws {
        let isReady = try await eventually {
            guard let connection = try? await PostgresConnection.open(configuration()) else { return false }
            await connection.close()
            return true
        }
        if !isReady { throw Missing(description: "pgbouncer did not come up") }
    }

    /// How to connect to the database through the pooler.
    package func configuration() -> PostgresConfiguration {
        var parameters = database.server.connectionParameters(database: database.name)
        parameters["host"] = folder
        parameters["port"] = "6432"
        return PostgresConfiguration(parameters: parameters)
    }

    /// The same as a URL.
    package var url: String {
        let user = database.server.connectionParameters()["user"] ?? "postgres"
        let host = folder.replacing("/", with: "%2F")
        return "postgresql://\(user)@\(host):6432/\(database.name)"
    }
}

extension FileManager {
    fileprivate func attributesOfOwner(atPath path: String) -> Int? {
        (try? attributesOfItem(atPath: path))?[.ownerAccountID] as? Int
    }
}
