// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Gives a running server the contents of an RDB file, by playing its master for as long as it takes.
///
/// In every way out the server is told to follow nobody, also when the task is cancelled.
struct Replay: Sendable {
    let configuration: RedisConfiguration
    let options: RedisRestoreTarget.Options

    private static let pause = Duration.milliseconds(200)
    /// How often `REPLICAOF NO ONE` is tried where the server cannot be reached: it may be starting again.
    private static let tries = 10

    /// Replaces what the server has.
    ///
    /// - Parameters:
    ///   - file: The file, which was verified.
    ///   - expected: The keys that it holds; `nil`: nobody has counted them.
    ///   - control: A connection to the server.
    /// - Throws: ``RedisBackupError``, which says what is left to do.
    func perform(
        _ file: String, expected: [RDBSummary.Database]?, control: RedisConnection,
        observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        let addresses = await control.addresses()
        let master = try RedisMaster(
            host: options.listenAddress ?? addresses?.ours.host ?? "127.0.0.1", port: options.listenPort,
            silence: configuration.silenceTimeout)
        let peer = options.peerAddress ?? addresses?.theirs.host ?? "127.0.0.1"
        let announced = options.announcedAddress ?? master.address.host
        do {
            let reply = try await control.ask(["REPLICAOF", announced, "\(master.address.port)"])
            if let error = reply.error {
                await master.end()
                throw refusal(error, reply.errorCode)
            }
        } catch {
            // Whether it was heard is not known when the connection was lost.
            await master.end()
            throw await released(after: error)
        }
        do {
            observe(.waiting("the server connects to us at \(master.address)"))
            try await master.serve(file, to: peer, arrival: options.arrivalTimeout, observe: observe)
            if let expected { try await compare(expected, control) }
        } catch {
            await master.end()
            throw await released(after: error)
        }
        // We stay until it has been told: a replica that has lost its master would begin to look for it.
        let failure = await release()
        await master.end()
        if let failure { throw stuck(failure, after: "the data are restored") }
    }

    private func compare(_ expected: [RDBSummary.Database], _ control: RedisConnection) async throws {
        let reply = try await control.ask(["INFO"])
        guard let text = reply.string else { return }
        let info = ServerInfo(text)
        let differences = StoredDump.differences(expected: expected, found: info.databases, place: "the server")
        guard differences.isEmpty else {
            throw RedisBackupError(
                .store, "the server has not what it was given: \(differences.joined(separator: "; "))")
        }
    }

    // MARK: - The way out

    /// Tells the server to follow nobody.
    ///
    /// - Returns: Why it could not be told; `nil` when it was.
    private func release() async -> String? {
        // Not a child of this task: cancelling that must not keep it from happening.
        await Task.detached { [configuration] in
            var reason = "it cannot be reached"
            var left = Self.tries
            while left > 0 {
                do {
                    let connection = try await RedisConnection.open(configuration)
                    let reply = try await connection.ask(["REPLICAOF", "NO", "ONE"])
                    await connection.close()
                    guard let error = reply.error else { return nil }
                    reason = error
                    // It hears nothing while it loads, which ends.
                    if reply.errorCode != "LOADING" { left -= 1 }
                } catch {
                    reason = "\(error)"
                    left -= 1
                }
                try? await Task.sleep(for: Self.pause)
            }
            return reason
        }.value
    }

    /// Tells the server to follow nobody after an error; the error says what is left to do if that fails.
    private func released(after error: any Error) async -> any Error {
        if let refused = error as? RedisBackupError, refused.category == .refused { return refused }
        let failure = await release()
        let error = RedisBackupError.wrapping(error)
        guard let failure else { return error }
        return stuck(failure, after: "\(error)")
    }

    private func stuck(_ failure: String, after what: String) -> RedisBackupError {
        RedisBackupError(
            .store,
            """
            \(what); and Redis at \(configuration.endpoint) could not be told to follow nobody: \(failure). When it can be reached, run \
            REPLICAOF NO ONE on it (redis-cli \(Self.cli(configuration.endpoint)) REPLICAOF NO ONE): until then it refuses writes
            """)
    }

    static func cli(_ endpoint: RedisConfiguration.Endpoint) -> String {
        switch endpoint {
        case .tcp(let host, let port): "-h \(host) -p \(port)"
        case .socket(let path): "-s \(path)"
        }
    }

    private func refusal(_ error: String, _ code: String?) -> RedisBackupError {
        let advice =
            code == "NOPERM"
            ? "A restore needs +replicaof +info +sync +replconf for this user"
            : "Where REPLICAOF is not offered, as with managed services, a set cannot be restored into a running server"
        return RedisBackupError(
            .refused,
            "Redis at \(configuration.endpoint) refuses REPLICAOF, so nothing was changed: \(error.prefix(200)). \(advice)"
        )
    }
}
