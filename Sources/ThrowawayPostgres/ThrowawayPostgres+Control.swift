// SPDX-License-Identifier: Apache-2.0

extension ThrowawayPostgres {
    /// Stops the server, and keeps its folder and data: for tests of failures. ``startServer(standby:)`` starts it again.
    ///
    /// - Parameter mode: How it is stopped.
    /// - Throws: ``ThrowawayPostgresError``: it does not run, or did not stop in time.
    public func stopServer(_ mode: ShutdownMode = .fast) async throws {
        try await begin(.stop(mode))
    }

    /// Starts the server again after ``stopServer(_:)``, or after it ended by itself.
    ///
    /// - Parameter standby: Whether it starts as a hot standby, which a primary becomes with all its data.
    /// - Throws: ``ThrowawayPostgresError``: it runs already, or does not come up.
    public func startServer(standby: Bool = false) async throws {
        try await begin(.start(standby: standby))
    }

    /// Stops the server and starts it again in the same folder.
    ///
    /// - Parameters:
    ///   - mode: How it is stopped.
    ///   - standby: Whether it comes back as a hot standby.
    /// - Throws: ``ThrowawayPostgresError``: it does not run, does not stop in time or does not come up.
    public func restart(_ mode: ShutdownMode = .fast, standby: Bool = false) async throws {
        try await stopServer(mode)
        try await startServer(standby: standby)
    }

    /// Makes a request of the supervisor and turns its reply into success or an error.
    func begin(_ request: SupervisorRequest) async throws {
        let reply: SupervisorReply
        do {
            reply = try await supervisor.perform(request, timeout: options.startTimeout)
        } catch let error as ThrowawayPostgresError where error.code == .timedOut {
            let tail = (try? log())?.split(separator: "\n").suffix(40).joined(separator: "\n")
            throw ThrowawayPostgresError(.timedOut, error.message, folder: folder, output: tail)
        }
        switch reply {
        case .ready, .stopped:
            return
        case .failed("folder", let text):
            throw ThrowawayPostgresError(
                .folderNotCreated,
                "The server's folder could not be made. The account that runs the server must be able to write to \(options.parentFolder).",
                folder: folder, output: text)
        case .failed("initdb", let text):
            throw ThrowawayPostgresError(
                .initializationFailed, "initdb of \(binaries.folder) could not make a cluster; its output tells why.",
                folder: folder, output: text)
        case .failed(_, let text):
            throw ThrowawayPostgresError(
                .serverDidNotStart, "The server ended before it accepted connections; its log tells why.",
                folder: folder,
                output: text)
        }
    }
}
