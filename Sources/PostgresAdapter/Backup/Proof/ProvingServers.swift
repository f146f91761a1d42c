// SPDX-License-Identifier: Apache-2.0

/// Starts throw-away servers, into which backups are restored for proof.
///
/// The program implements this with the module `ThrowawayPostgres`.
public protocol ProvingServers: Sendable {
    /// The server that ``start(major:)`` returns.
    associatedtype Server: ProvingServer

    /// Starts an empty server that nobody else uses.
    ///
    /// - Parameter major: The major version that the backup's server had. The oldest installed one that is not older is to be preferred.
    /// - Throws: When there is none on this machine, or it does not start. An older one may be returned: it is refused by who asked.
    func start(major: Int) async throws -> Server
}

/// A throw-away server.
public protocol ProvingServer: Sendable {
    /// How to connect to it as a superuser, to the database `postgres`.
    var configuration: PostgresConfiguration { get }

    /// The folder of its programs, `pg_restore` and `psql` among them.
    var programs: String { get }

    /// Stops it and removes everything that it had.
    func stop() async
}
