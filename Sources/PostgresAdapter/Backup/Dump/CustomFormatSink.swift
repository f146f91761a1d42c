// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Hands the bytes of a dump in custom format on, and looks at its beginning and end while they pass.
///
/// The last block of data ends with a length of zero, a sign and four bytes (`_EndData` and `_EndBlobs` of PostgreSQL's
/// `pg_backup_custom.c`): a dump that stopped inside a block ends otherwise. One that stopped between two blocks does not; the
/// exit status of `pg_dump` tells that.
///
/// `pg_dump` writes 4 KB at a time. Handing each of those from thread to thread would cost more than what is done to them, so they are
/// gathered; ``flush()`` hands on the rest.
final class CustomFormatSink: ByteSink {
    private let next: any ByteSink
    private let progress: DumpProgress?
    private let gathered = Mutex<[UInt8]>([])
    /// From how many bytes on a piece is handed on.
    private static let pieceLength = 1 << 18
    private let ends = Mutex((first: [UInt8](), last: [UInt8](), count: Int64(0)))

    init(_ next: any ByteSink, progress: DumpProgress?) {
        self.next = next
        self.progress = progress
    }

    func write(_ bytes: [UInt8]) async throws {
        ends.withLock { ends in
            if ends.first.count < 5 { ends.first += bytes.prefix(5 - ends.first.count) }
            ends.last = Array((ends.last + bytes.suffix(5)).suffix(5))
            ends.count += Int64(bytes.count)
        }
        progress?.add(bytes.count)
        let piece = gathered.withLock { gathered -> [UInt8] in
            gathered += bytes
            guard gathered.count >= Self.pieceLength else { return [] }
            defer { gathered = [] }
            return gathered
        }
        if !piece.isEmpty { try await next.write(piece) }
    }

    /// Hands on what is left. Called once, when `pg_dump` has ended well.
    func flush() async throws {
        let rest = gathered.withLock { gathered -> [UInt8] in
            defer { gathered = [] }
            return gathered
        }
        if !rest.isEmpty { try await next.write(rest) }
    }

    /// How many bytes passed.
    var count: Int64 { ends.withLock(\.count) }

    /// What is wrong with what passed; `nil` when nothing is seen to be.
    ///
    /// - Parameter withData: Whether there is at least one table.
    func problem(withData: Bool) -> String? {
        ends.withLock { ends in
            if ends.first != Array("PGDMP".utf8) { return "what pg_dump wrote does not begin as a dump does" }
            if withData, ends.last != [0, 0, 0, 0, 0] { return "what pg_dump wrote stops in the middle of a table" }
            return nil
        }
    }
}
