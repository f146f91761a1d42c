// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Synchronization
import Testing

@testable import PostgresAdapter

@Suite(.timeLimit(.minutes(60))) struct BytePipeTests {
    struct Failure: Error {}

    @Test func `everything passes in order, and never more than one piece is kept`() async throws {
        let pipe = BytePipe()
        let written = Mutex(0)
        let writer = Task {
            for number in 0..<10000 {
                try await pipe.write([UInt8(truncatingIfNeeded: number)])
                written.withLock { $0 += 1 }
            }
            pipe.finish()
        }
        var read = 0
        while let piece = try await pipe.next() {
            #expect(piece == [UInt8(truncatingIfNeeded: read)])
            read += 1
            // One in the pipe, and one whose write has not returned.
            #expect(written.withLock(\.self) <= read + 1)
        }
        try await writer.value
        #expect(read == 10000)
    }

    @Test func `the end of one side is seen by the other, also while it waits`() async throws {
        let failing = BytePipe()
        let waiting = Task { try await failing.next() }
        failing.finish(.failure(Failure()))
        await #expect(throws: Failure.self) { _ = try await waiting.value }
        let left = BytePipe()
        try await left.write([1])
        let second = Task { try await left.write([2]) }
        left.stopReading(discarding: false)
        await #expect(throws: BytePipe.ReaderGone.self) { try await second.value }
        let discarded = BytePipe()
        discarded.stopReading(discarding: true)
        for _ in 0..<3 { try await discarded.write([1]) }
    }

    @Test func `who waits can be cancelled`() async throws {
        let empty = BytePipe()
        let reader = Task { try await empty.next() }
        reader.cancel()
        await #expect(throws: CancellationError.self) { _ = try await reader.value }
        let full = BytePipe()
        try await full.write([1])
        let writer = Task { try await full.write([2]) }
        writer.cancel()
        await #expect(throws: CancellationError.self) { try await writer.value }
        #expect(try await full.next() == [1])
    }
}

/// Keeps bytes.
final class TextlessSink: ByteSink {
    private let kept = Mutex<[UInt8]>([])

    var bytes: [UInt8] { kept.withLock(\.self) }
    func write(_ bytes: [UInt8]) async throws { kept.withLock { $0 += bytes } }
}
