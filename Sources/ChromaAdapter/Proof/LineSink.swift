// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Keeps the lines that a program writes.
final class LineSink: ByteSink {
    private let state = Mutex((lines: [String](), rest: [UInt8]()))
    private let onLine: (@Sendable (Int) -> Void)?

    /// - Parameter onLine: Told how many there are, after each.
    init(onLine: (@Sendable (Int) -> Void)? = nil) { self.onLine = onLine }

    /// All that were ended.
    var lines: [String] { state.withLock { $0.lines } }

    func write(_ bytes: [UInt8]) async throws {
        let counts = state.withLock { state -> [Int] in
            var counts: [Int] = []
            for byte in bytes {
                guard byte == 0x0a else {
                    state.rest.append(byte)
                    continue
                }
                state.lines.append(String(decoding: state.rest, as: UTF8.self))
                state.rest = []
                counts.append(state.lines.count)
            }
            return counts
        }
        for count in counts { onLine?(count) }
    }
}
