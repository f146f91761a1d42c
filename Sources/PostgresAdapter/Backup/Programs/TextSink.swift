// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Keeps what a program writes, up to a limit.
final class TextSink: ByteSink {
    private let limit: Int
    private let bytes = Mutex<[UInt8]>([])

    init(limit: Int) { self.limit = limit }

    func write(_ piece: [UInt8]) async throws {
        bytes.withLock { $0 += piece.prefix(limit - $0.count) }
    }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
