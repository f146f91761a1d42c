// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Hands bytes on and keeps the last of them.
final class EndKeepingSink: ByteSink {
    private let next: any ByteSink
    private let last = Mutex<[UInt8]>([])

    init(_ next: any ByteSink) { self.next = next }

    func write(_ bytes: [UInt8]) async throws {
        let length = PostgresGlobals.endLength
        last.withLock { $0 = Array(($0 + bytes.suffix(length)).suffix(length)) }
        try await next.write(bytes)
    }

    /// The last ``PostgresGlobals/endLength`` bytes, as text.
    var end: String { last.withLock { String(decoding: $0, as: UTF8.self) } }
}
