// SPDX-License-Identifier: Apache-2.0

/// A real PostgreSQL server in a folder of its own, reachable through a Unix socket only, that leaves nothing behind.
///
/// ```swift
/// try await ThrowawayPostgres.withServer { server in
///     let result = try await server.run(tool: "psql", ["-XAtc", "SELECT 1"])
///     print(result.text, server.connectionURL())
/// }
/// ```
///
/// A small supervising process holds the other end of a pipe from this one. When this process ends, in order or killed, also in the
/// middle of a start, the supervisor stops the server and removes the folder within a moment. Should the supervisor itself be killed, this
/// process does the same. Only if both are killed at once can the server stay; a server whose folder is removed then ends by itself within a
/// minute.
///
/// Root runs the server as another account (see ``Options/account``), because PostgreSQL refuses to run as root.
public final class ThrowawayPostgres: Sendable {
    /// What it was made with.
    public let options: Options

    /// The installation that the server runs from.
    public let binaries: PostgresBinaries

    let place: ServerFolder
    let supervisor: Supervisor

    private init(_ command: SupervisorCommand) throws(ThrowawayPostgresError) {
        options = command.options
        binaries = command.binaries
        place = command.folder
        supervisor = try Supervisor(command)
    }

    /// Nobody can use the server any more, so it goes.
    deinit { supervisor.letGo() }

    /// Makes a new cluster and starts a server on it.
    ///
    /// - Parameter options: How it is made.
    /// - Returns: The server, accepting connections.
    /// - Throws: ``ThrowawayPostgresError``, or `CancellationError` if the task was cancelled. Nothing is left then, unless the options say
    ///   to keep the folder.
    public static func start(_ options: Options = Options()) async throws -> ThrowawayPostgres {
        let folder = try ServerFolder(options)
        let files = try ServerFiles(options)
        let account = try await SystemAccount.forServer(named: options.account)
        let binaries: PostgresBinaries
        if let given = options.binaries { binaries = given } else { binaries = try await PostgresBinaries.find() }
        let server = try ThrowawayPostgres(
            SupervisorCommand(options: options, binaries: binaries, folder: folder, files: files, account: account))
        do {
            try await server.begin(.launch)
        } catch {
            await server.stop(keepingFolder: options.keepAfterFailure)
            throw error
        }
        return server
    }

    /// Starts a server, runs the body with it, and stops it, whatever happens.
    ///
    /// - Parameters:
    ///   - options: How the server is made.
    ///   - body: What to do with it.
    /// - Returns: What the body returns.
    /// - Throws: What ``start(_:)`` or the body throws.
    public nonisolated(nonsending) static func withServer<Result: Sendable>(
        _ options: Options = Options(), _ body: (ThrowawayPostgres) async throws -> Result
    ) async throws -> Result {
        let server = try await start(options)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop(keepingFolder: options.keepAfterFailure)
            throw error
        }
    }

    /// Stops the server for good and removes its folder. Returns when processes and folder are gone; calling it again does no harm.
    ///
    /// - Parameter keepingFolder: Whether to leave the folder, with data and logs, for somebody to look at.
    public func stop(keepingFolder: Bool = false) async {
        await supervisor.end(keepingFolder: keepingFolder)
    }
}
