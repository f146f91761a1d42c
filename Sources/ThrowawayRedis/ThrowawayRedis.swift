// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import Synchronization

/// A real Redis server in a folder of its own, reachable through a Unix socket only, that leaves nothing behind.
///
/// ```swift
/// try await ThrowawayRedis.withServer(launcher: launcher) { server in
///     print(server.socket)
/// }
/// ```
///
/// A shell looks after the server. It reads a pipe whose other end is this process's: when this process ends, in order or killed, the shell
/// stops the server and removes the folder within a moment.
public final class ThrowawayRedis: Sendable {
    /// What it was made with.
    public let options: Options
    /// The folder with everything that it has; only its owner may look into it.
    public let folder: String
    /// The server's version: `7.0.15`.
    public let version: String

    /// The path of its Unix socket.
    public var socket: String { "\(folder)/redis.sock" }

    private let lifeLine: LifeLine
    private let log: ServerLog
    private let run: Task<Void, Never>

    private init(_ options: Options, _ lifeLine: LifeLine, _ log: ServerLog, version: String, run: Task<Void, Never>) {
        self.options = options
        folder = lifeLine.folder
        self.lifeLine = lifeLine
        self.log = log
        self.version = version
        self.run = run
    }

    /// Nobody can use the server any more, so it goes.
    deinit { lifeLine.close() }

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - options: How it is made.
    ///   - launcher: Starts it.
    /// - Returns: The server, with its data loaded, accepting connections.
    /// - Throws: ``ThrowawayRedisError``, or `CancellationError` if the task was cancelled. Nothing is left then.
    public static func start(
        _ options: Options = Options(), launcher: any ProcessLauncher
    ) async throws -> ThrowawayRedis {
        let binary = try await RedisBinary.find(in: options.programs, launcher: launcher)
        let lifeLine = try LifeLine(parent: options.parentFolder)
        do {
            try ServerFiles(options, folder: lifeLine.folder, version: binary.version).write()
        } catch {
            lifeLine.removeFolder()
            throw error
        }
        let log = ServerLog()
        let command = ProcessCommand(
            program: "/bin/sh",
            arguments: ["-c", SupervisorScript.text, "throwaway-redis", lifeLine.folder, binary.path])
        let run = Task.detached {
            do {
                let end = try await launcher.run(command, output: log, message: { log.add($0) })
                log.end("\(end)")
            } catch {
                log.end("\(error)")
            }
            lifeLine.close()
            lifeLine.removeFolder()
        }
        let server = ThrowawayRedis(options, lifeLine, log, version: binary.version, run: run)
        do {
            try await log.waitUntilReady()
            return server
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Starts a server, runs the body with it, and stops it, whatever happens.
    public nonisolated(nonsending) static func withServer<Result: Sendable>(
        _ options: Options = Options(), launcher: any ProcessLauncher,
        _ body: (ThrowawayRedis) async throws -> Result
    ) async throws -> Result {
        let server = try await start(options, launcher: launcher)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Stops the server and removes its folder. Returns when both are gone; calling it again does no harm.
    public func stop() async {
        lifeLine.close()
        await run.value
    }

    /// The last lines that the server wrote.
    public var lastWords: [String] { log.lastLines }
}
