// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// What the two readers of a snapshot, `pg_dump` and our own session, tell each other.
///
/// `pg_dump` locks tables first and we second: a lock of ours that `pg_dump` queued behind, with somebody's `TRUNCATE` between the two, would
/// be a deadlock that the server cannot see.
final class DumpGate: Sendable {
    /// `pg_dump` has its locks.
    let isLocked = OneTimeSignal()
    /// What `pg_dump` writes is kept: the run is not begun anew.
    let isKept = OneTimeSignal()

    private let seesTables = Mutex(false)

    /// Takes a line that `pg_dump --verbose` says. It locks tables as soon as it has read which there are.
    func read(_ line: String) {
        let isNext = seesTables.withLock { seesTables in
            defer { if line.contains("reading user-defined tables") { seesTables = true } }
            return seesTables && line.contains("pg_dump: reading ")
        }
        if isNext { isLocked.give() }
    }
}

/// Lets nothing into a file before it is certain that it is kept.
struct GatedWriter: ArtifactWriter {
    let next: any ArtifactWriter
    let gate: DumpGate

    func write(_ bytes: [UInt8]) async throws {
        // Who writes has read everything that there is to lock.
        gate.isLocked.give()
        try await gate.isKept.wait()
        try await next.write(bytes)
    }

    @discardableResult
    func finish() async throws -> Int64 { try await next.finish() }
}
