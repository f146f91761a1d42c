// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One copy of a server's data, taken as a replica takes it.
struct RedisCopy: Sendable {
    struct Result: Sendable {
        var summary: RDBSummary
        var isDiskless: Bool
        var warnings: [String]
    }

    let configuration: RedisConfiguration
    let reasonToWait: String

    private static let piece = 1 << 18
    /// How many bytes pass between two reports.
    private static let reportInterval: Int64 = 4 << 20

    /// Streams the copy, and reads it while it passes.
    ///
    /// - Parameter sink: Takes the bytes; `nil`: they are only read.
    /// - Throws: ``RedisBackupError`` when the server refuses, stops before the end, or sends what is no RDB; what the sink throws.
    func perform(
        into sink: (any ByteSink)?, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> Result {
        let connection = try await RedisConnection.open(configuration)
        do {
            let result = try await perform(connection, into: sink, observe: observe)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    private func perform(
        _ connection: RedisConnection, into sink: (any ByteSink)?,
        observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> Result {
        var warnings = try await introduce(connection)
        try await connection.begin(["SYNC"])
        // Told at once: the server's first sign of life takes up to a second, and may come together with its copy.
        observe(.waiting(reasonToWait))
        let (form, rest) = try await awaitOpening(connection)
        var frame = TransferFrame(form)
        var reader = RDBReader()
        var bytes = rest
        var passed: Int64 = 0
        var reported: Int64 = 0
        var longestHold = Duration.zero
        while true {
            let piece = frame.take(bytes)
            if !piece.isEmpty {
                do throws(RDBError) {
                    try reader.read(piece)
                } catch {
                    throw damaged(error)
                }
                let start = ContinuousClock.now
                try await sink?.write(piece)
                longestHold = max(longestHold, ContinuousClock.now - start)
                passed += Int64(piece.count)
            }
            if passed - reported >= Self.reportInterval || frame.isComplete {
                reported = passed
                observe(
                    .progress(
                        .init(
                            phase: "copying", bytes: passed, totalBytes: frame.length, isExact: frame.length != nil)))
            }
            if frame.isComplete { break }
            bytes = try await connection.receive(Self.piece)
            if bytes.isEmpty { throw cut(passed, of: frame.length, longestHold: longestHold) }
        }
        do throws(RDBError) {
            let summary = try reader.finish()
            warnings += Self.warnings(summary)
            return Result(summary: summary, isDiskless: frame.length == nil, warnings: warnings)
        } catch {
            throw damaged(error)
        }
    }

    /// Says what we can, one after the other: a server that finds more in its buffer refuses SYNC.
    private func introduce(_ connection: RedisConnection) async throws -> [String] {
        var warnings: [String] = []
        let steps: [(words: [String], consequence: String?)] = [
            (["REPLCONF", "capa", "eof"], nil),
            (
                ["REPLCONF", "rdb-only", "1"],
                "the server is older than 6.2 and also sends what is written meanwhile: under many writes it may cut the copy"
            ),
        ]
        for step in steps {
            let reply = try await connection.ask(step.words)
            guard let error = reply.error else { continue }
            if reply.errorCode == "NOPERM" || reply.errorCode == "NOAUTH" {
                throw refusal.error(error, command: "REPLCONF")
            }
            if let consequence = step.consequence { warnings.append(consequence) }
        }
        return warnings
    }

    private func awaitOpening(_ connection: RedisConnection) async throws -> (TransferOpening.Form, [UInt8]) {
        var opening = TransferOpening()
        while true {
            let bytes = try await connection.receive(Self.piece)
            if bytes.isEmpty {
                throw RedisBackupError(
                    .store,
                    """
                    Redis at \(configuration.endpoint) closed the connection before it sent anything. Its log tells why: it may have no \
                    memory left for a copy, or no space for one (repl-diskless-sync no).
                    """)
            }
            switch opening.take(bytes) {
            case .waiting: continue
            case .begun(let form, let rest): return (form, rest)
            case .refused(let message): throw refusal.error(message, command: "SYNC")
            case .senseless:
                throw RedisBackupError(
                    .store, "what answers at \(configuration.endpoint) does not speak as a Redis server does")
            }
        }
    }

    private var refusal: SyncRefusal { SyncRefusal(endpoint: configuration.endpoint, user: configuration.user) }

    private func damaged(_ error: RDBError) -> RedisBackupError {
        RedisBackupError(
            .store,
            "what Redis at \(configuration.endpoint) sent is no whole RDB file: \(error). Nothing of it is kept.")
    }

    private func cut(_ passed: Int64, of length: Int64?, longestHold: Duration) -> RedisBackupError {
        let seconds = longestHold.components.seconds
        let reason =
            seconds >= 10
            ? "What takes the bytes held it up for \(seconds) s; it gives up after repl-timeout, 60 s by default"
            : "Its log tells why: it was stopped, ran out of memory, or its limit for replicas was reached (client-output-buffer-limit)"
        return RedisBackupError(
            .store,
            """
            Redis at \(configuration.endpoint) closed the connection after \(passed) \(length.map { "of \($0) " } ?? "")bytes, before \
            the end of the copy. \(reason).
            """)
    }

    private static func warnings(_ summary: RDBSummary) -> [String] {
        var warnings: [String] = []
        if summary.checksum == nil {
            warnings.append("the server writes no checksum (rdbchecksum no): damage on the way here cannot be seen")
        }
        if !summary.isCounted {
            warnings.append(
                "version \(summary.version) of the format is newer than this build: the checksum was verified, keys were not counted"
            )
        }
        if summary.needsModules { warnings.append("there is data of modules: a server needs the same ones to load it") }
        return warnings
    }
}
