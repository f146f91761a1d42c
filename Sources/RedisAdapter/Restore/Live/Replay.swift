// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Gives a running server the contents of an RDB file, by playing its master for as long as it takes.
///
/// In every way out the server is told to follow nobody, also when the task is cancelled.
struct Replay: Sendable {
    /// Why it did not end well.
    struct Failure: Error {
        var error: RedisBackupError
        /// Whether the server certainly has what it had before, and follows nobody.
        var isUntouched: Bool
        /// Whether it has loaded all of the file.
        var isDone = false
    }

    /// Our address and the server's, as a connection to it has them; for a Unix socket there are none.
    typealias Reach = (ours: SocketAddress, theirs: SocketAddress)

    let configuration: RedisConfiguration
    let options: RedisRestoreTarget.Options
    let reach: Reach?

    private static let pause = Duration.milliseconds(200)
    /// How often `REPLICAOF NO ONE` is tried where the server cannot be reached: it may be starting again.
    private static let tries = 10

    /// Replaces what the server has.
    ///
    /// - Parameters:
    ///   - file: The file, which was verified.
    ///   - expected: The keys that it holds; `nil`: nobody has counted them.
    ///   - announce: Told the host and port that the server is going to follow, before it does; what it throws is the end.
    /// - Throws: The error says what is left to do.
    func perform(
        _ file: String, expected: [RDBSummary.Database]?, announce: (String) async throws(RedisBackupError) -> Void,
        observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws(Failure) {
        let master: RedisMaster
        let announced: (host: String, port: String)
        do throws(RedisBackupError) {
            master = try RedisMaster(
                host: options.listenAddress ?? reach?.ours.host ?? "127.0.0.1", port: options.listenPort,
                silence: configuration.silenceTimeout)
            announced = (options.announcedAddress ?? master.address.host, "\(master.address.port)")
            try await announce("\(announced.host) \(announced.port)")
        } catch {
            throw Failure(error: error, isUntouched: true)
        }
        var isDone = false
        do {
            var attempts = 0
            let reply = try await RedisConnection.asking(
                configuration, ["REPLICAOF", announced.host, announced.port], attempts: &attempts)
            if let error = reply.error {
                throw Refusal(message: error, code: reply.errorCode, isFirstAnswer: attempts == 1)
            }
            try await checkReadOnly()
            observe(.waiting("the server connects to us at \(master.address)"))
            let peer = options.peerAddress ?? reach?.theirs.host ?? "127.0.0.1"
            try await master.serve(file, to: peer, arrival: options.arrivalTimeout, observe: observe)
            isDone = true
            if let expected { try await compare(expected) }
        } catch let refusal as Refusal {
            let failure = refusal.isFinal ? nil : await release()
            await master.end()
            guard let failure else {
                throw Failure(
                    error: Self.refusal(refusal.message, refusal.code, at: configuration.endpoint), isUntouched: true)
            }
            let error = RedisBackupError(
                .store, "Redis at \(configuration.endpoint) answers REPLICAOF with \(refusal.message.prefix(200))")
            throw Self.failure(error, released: stuck(failure), hasBegun: false, isDone: false)
        } catch {
            // Whether REPLICAOF was heard is not known when the connection was lost.
            let hasBegun = await master.hasBegunToSend
            let failure = await release()
            await master.end()
            throw Self.failure(error, released: failure.map { stuck($0) }, hasBegun: hasBegun, isDone: isDone)
        }
        // We stay until it has been told: a replica that has lost its master would begin to look for it.
        let failure = await release()
        await master.end()
        if let failure {
            throw Failure(
                error: RedisBackupError(.store, "the data are restored; but \(stuck(failure))"), isUntouched: false,
                isDone: true)
        }
    }

    /// Others may end connections of ours, the server those that are idle: each command has its own.
    private func ask(_ words: [String]) async throws -> RedisReply {
        try await RedisConnection.asking(configuration, words)
    }

    /// What the server answered to `REPLICAOF`.
    private struct Refusal: Error {
        var message: String
        var code: String?
        /// Whether no connection was lost before it, over which `REPLICAOF` may have been heard.
        var isFirstAnswer: Bool

        /// Whether the server certainly follows nobody.
        var isFinal: Bool {
            isFirstAnswer && (code == "NOPERM" || message.lowercased().contains("unknown command"))
        }
    }

    /// A replica that takes writes would take them for data that go away a moment later.
    private func checkReadOnly() async throws {
        let info = ServerInfo(try await ask(["INFO", "replication"]).string ?? "")
        if info["slave_read_only"] == "0" { throw Self.writable(configuration.endpoint) }
    }

    static func writable(_ endpoint: RedisConfiguration.Endpoint) -> RedisBackupError {
        RedisBackupError(
            .refused,
            """
            Redis at \(endpoint) takes writes while it loads from a master (replica-read-only no), and those would be lost: set it to yes for \
            the restore. Nothing was changed
            """)
    }

    private func compare(_ expected: [RDBSummary.Database]) async throws {
        let reply = try await ask(["INFO"])
        guard let text = reply.string else { return }
        let differences = StoredDump.differences(
            expected: expected, found: ServerInfo(text).databases, place: "the server")
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

    private static func failure(
        _ error: any Error, released stuck: String?, hasBegun: Bool, isDone: Bool
    ) -> Failure {
        var error = wrapped(error)
        if isDone {
            error.message = "the server has loaded the data, but then: \(error.message)"
        } else if hasBegun {
            error.message += ". The server may have what it had before, or a part of what was restored"
        } else if stuck == nil {
            error.message += ". The server has what it had before"
        }
        if let stuck { error.message += "; and \(stuck)" }
        return Failure(error: error, isUntouched: stuck == nil && !hasBegun, isDone: isDone)
    }

    private static func wrapped(_ error: any Error) -> RedisBackupError {
        let error = RedisBackupError.wrapping(error)
        return error as? RedisBackupError ?? RedisBackupError(.store, "\(error)")
    }

    private func stuck(_ reason: String) -> String {
        """
        Redis at \(configuration.endpoint) could not be told to follow nobody: \(reason). When it can be reached, run REPLICAOF NO ONE on it \
        (redis-cli \(Self.cli(configuration.endpoint)) REPLICAOF NO ONE): until then it refuses writes
        """
    }

    static func cli(_ endpoint: RedisConfiguration.Endpoint) -> String {
        switch endpoint {
        case .tcp(let host, let port): "-h \(host) -p \(port)"
        case .socket(let path): "-s \(path)"
        }
    }

    static func refusal(
        _ error: String, _ code: String?, at endpoint: RedisConfiguration.Endpoint
    ) -> RedisBackupError {
        let advice =
            code == "NOPERM"
            ? "A restore needs +replicaof +info +select +sync +replconf for this user"
            : "Where REPLICAOF is not offered, as with managed services, a set cannot be restored into a running server"
        return RedisBackupError(
            .refused,
            "Redis at \(endpoint) refuses REPLICAOF, so nothing was changed: \(error.prefix(200)). \(advice)"
        )
    }
}
