// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What one of the server's views of progress says at one moment.
struct ProgressReading: Hashable {
    /// The counters of all views; each view has some of them.
    enum Counter: Int, CaseIterable {
        case blocks, allBlocks, tuples, allTuples, lockers, allLockers, indexes, allIndexes, bytes, allBytes
    }

    var command: String
    var phase: String?
    var object: String?
    var locker: String?
    var counters: [Counter: Int64] = [:]

    func progress(of migration: Migration) -> StoreProgress {
        StoreProgress(
            migration: migration, command: command, object: object, phase: phase, amount: amount,
            waitsFor: locker.map { LockHolder(description: "process \($0)") })
    }

    /// The counter that grows in this phase. The others keep what they had at the end of an earlier one.
    var amount: StoreProgress.Amount? {
        guard let phase else {
            // COPY: its size is known only where the server itself reads a file.
            return known(.bytes, of: .allBytes, .bytes) ?? count(.tuples, .tuples)
        }
        func has(_ words: String...) -> Bool { words.contains { phase.contains($0) } }
        if has("waiting for") { return known(.lockers, of: .allLockers, .lockers) }
        if has("initializing", "sorting") { return nil }
        if has("loading tuples", "index scanning heap", "writing new heap") {
            return known(.tuples, of: .allTuples, .tuples) ?? count(.tuples, .tuples)
        }
        if has("rebuilding index") { return count(.indexes, .indexes) }
        if has("vacuuming indexes", "cleaning up indexes") { return known(.indexes, of: .allIndexes, .indexes) }
        if has("scanning", "vacuuming heap", "sample rows") { return known(.blocks, of: .allBlocks, .blocks) }
        // Kinds of indexes that tell no more of their phases.
        if has("building index") {
            return known(.tuples, of: .allTuples, .tuples) ?? known(.blocks, of: .allBlocks, .blocks)
        }
        return nil
    }

    /// A total of 0 means that the server does not know it (yet).
    private func known(_ done: Counter, of total: Counter, _ unit: StoreProgress.Unit) -> StoreProgress.Amount? {
        guard let done = counters[done], let total = counters[total], total > 0 else { return nil }
        return StoreProgress.Amount(done, of: total, unit)
    }

    private func count(_ done: Counter, _ unit: StoreProgress.Unit) -> StoreProgress.Amount? {
        counters[done].map { StoreProgress.Amount($0, of: nil, unit) }
    }
}

extension ProgressReading {
    /// A row of ``ProgressQuery/reading``; `nil` when the server hides what the process does.
    init?(row: [String?]) {
        guard row.count == 4 + Counter.allCases.count, let command = row[0] else { return nil }
        self.init(command: command, phase: row[1], object: row[2], locker: row[3])
        for counter in Counter.allCases {
            counters[counter] = row[4 + counter.rawValue].flatMap { Int64($0) }
        }
    }
}
