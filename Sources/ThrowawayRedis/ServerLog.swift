// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// What a server writes: its last lines, and whether it has said that it is ready.
final class ServerLog: ByteSink {
    private enum Phase { case starting, ready, ended(String) }

    private struct State {
        var phase = Phase.starting
        var lines: [String] = []
        var unfinished: [UInt8] = []
        var waiter: CheckedContinuation<Void, any Error>?
        var isCancelled = false
    }

    private static let kept = 40
    private let state = Mutex(State())

    var lastLines: [String] { state.withLock(\.lines) }

    func write(_ bytes: [UInt8]) async throws {
        let lines = state.withLock { state in
            state.unfinished += bytes
            var pieces = state.unfinished.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            state.unfinished = pieces.popLast().map { Array($0.suffix(4096)) } ?? []
            return pieces.map { String(decoding: $0, as: UTF8.self) }
        }
        for line in lines { add(line) }
    }

    /// Takes a line.
    func add(_ line: String) {
        let waiter: CheckedContinuation<Void, any Error>? = state.withLock { state in
            state.lines.append(line)
            if state.lines.count > Self.kept { state.lines.removeFirst() }
            // `Ready to accept connections`, or `The server is now ready to accept connections at …`.
            guard case .starting = state.phase, line.contains("eady to accept connections") else { return nil }
            state.phase = .ready
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Notes that the server has ended.
    func end(_ reason: String) {
        let (waiter, error) = state.withLock { state in
            state.phase = .ended(reason)
            defer { state.waiter = nil }
            return (state.waiter, Self.error(reason, state.lines))
        }
        waiter?.resume(throwing: error)
    }

    /// Waits for the server to be ready.
    ///
    /// - Throws: ``ThrowawayRedisError`` when it ends instead, or `CancellationError`.
    func waitUntilReady() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if state.isCancelled { return .failure(CancellationError()) }
                    switch state.phase {
                    case .ready: return .success(())
                    case .ended(let reason): return .failure(Self.error(reason, state.lines))
                    case .starting:
                        state.waiter = continuation
                        return nil
                    }
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.isCancelled = true
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private static func error(_ reason: String, _ lines: [String]) -> ThrowawayRedisError {
        ThrowawayRedisError(
            .store, "The throw-away server ended before it was ready (\(reason)).", output: lines)
    }
}
