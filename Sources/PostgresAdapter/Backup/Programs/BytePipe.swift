// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Hands bytes from one program to another, one piece at a time: the first waits until the second has taken what it wrote.
final class BytePipe: ByteSink, ByteSource {
    /// Thrown to the writer when nobody reads any more.
    struct ReaderGone: Error {}

    private enum Reader { case reads, discards, isGone }
    private typealias Waiting = CheckedContinuation<Void, any Error>

    private struct State {
        var piece: [UInt8]?
        var end: Result<Void, any Error>?
        var reader = Reader.reads
        /// The side that waits: never both, because one of them can go on.
        var waiting: Waiting?
    }

    private let state = Mutex(State())

    func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        while try !put(bytes) { try await wait { $0.piece != nil && $0.reader == .reads } }
    }

    /// - Returns: Whether the piece was taken.
    private func put(_ bytes: [UInt8]) throws -> Bool {
        let (isTaken, other) = try state.withLock { state -> (Bool, Waiting?) in
            switch state.reader {
            case .isGone: throw ReaderGone()
            case .discards: return (true, nil)
            case .reads:
                guard state.piece == nil else { return (false, nil) }
                state.piece = bytes
                return (true, Self.takeWaiting(&state))
            }
        }
        other?.resume()
        return isTaken
    }

    func next() async throws -> [UInt8]? {
        while true {
            let (piece, end, other) = state.withLock { state -> ([UInt8]?, Result<Void, any Error>?, Waiting?) in
                guard let piece = state.piece else { return (nil, state.end, nil) }
                state.piece = nil
                return (piece, nil, Self.takeWaiting(&state))
            }
            other?.resume()
            if let piece { return piece }
            if let end {
                try end.get()
                return nil
            }
            try await wait { $0.piece == nil && $0.end == nil }
        }
    }

    /// The writer is done: the reader is told its end, or an error, when it has what was written before.
    func finish(_ end: Result<Void, any Error> = .success(())) {
        change { if $0.end == nil { $0.end = end } }
    }

    /// The reader is done.
    ///
    /// - Parameter discarding: Whether the writer may go on to its end, for nobody; else its next write throws ``ReaderGone``.
    func stopReading(discarding: Bool) {
        change {
            $0.reader = discarding ? .discards : .isGone
            $0.piece = nil
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let other = state.withLock { state in
            body(&state)
            return Self.takeWaiting(&state)
        }
        other?.resume()
    }

    private static func takeWaiting(_ state: inout State) -> Waiting? {
        defer { state.waiting = nil }
        return state.waiting
    }

    /// Waits for the other side, unless what is waited for is there already.
    private func wait(while condition: @Sendable (borrowing State) -> Bool) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Waiting) in
                let isReady = state.withLock { state in
                    guard condition(state), !Task.isCancelled else { return true }
                    state.waiting = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            change { _ in }
        }
        try Task.checkCancellation()
    }
}
