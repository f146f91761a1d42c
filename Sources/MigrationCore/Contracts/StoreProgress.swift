// SPDX-License-Identifier: Apache-2.0

/// How far a store's server is with a long command of a migration, as the server itself counts.
///
/// Numbers are those of the phase that goes on now. Servers do not know how long the phases are that follow, so there is no
/// percentage of the whole.
public struct StoreProgress: Hashable, Sendable {
    /// The migration that is being executed.
    public var migration: Migration
    /// What the server does: `CREATE INDEX CONCURRENTLY`, `VACUUM`.
    public var command: String
    /// The table or other object that it is done to, where the server tells.
    public var object: String?
    /// The phase, as the server names it: `building index: scanning table`; `nil` for a command without phases.
    public var phase: String?
    /// How much of the phase is done; `nil` where the server does not count.
    public var amount: Amount?
    /// Whom the command waits for at this moment, if it waits.
    public var waitsFor: LockHolder?

    /// Makes a report of progress.
    public init(
        migration: Migration, command: String, object: String? = nil, phase: String? = nil, amount: Amount? = nil,
        waitsFor: LockHolder? = nil
    ) {
        self.migration = migration
        self.command = command
        self.object = object
        self.phase = phase
        self.amount = amount
        self.waitsFor = waitsFor
    }

    /// How much of the phase is done, from 0 to 1; `nil` when that is not known.
    public var fraction: Double? { amount?.fraction }
}

extension StoreProgress {
    /// A part of a phase that is done, counted.
    public struct Amount: Hashable, Sendable {
        /// What is counted.
        public var unit: Unit
        /// How many are done.
        public var done: Int64
        /// How many there are; `nil` when the server does not know.
        public var total: Int64?

        /// Makes an amount.
        public init(_ done: Int64, of total: Int64?, _ unit: Unit) {
            self.unit = unit
            self.done = done
            self.total = total
        }

        /// The part that is done, from 0 to 1; `nil` when the total is not known.
        public var fraction: Double? {
            guard let total, total > 0 else { return nil }
            // What a server counts can grow beyond what it expected.
            return min(1, max(0, Double(done) / Double(total)))
        }
    }

    /// What an ``Amount`` counts.
    public struct Unit: Hashable, Sendable, CustomStringConvertible {
        /// The word for several: `blocks`.
        public let description: String

        /// Makes a unit of a store's own, of the word for several.
        public init(_ description: String) {
            self.description = description
        }

        /// Pages of a table or an index.
        public static let blocks = Self("blocks")
        /// Rows, in all their versions.
        public static let tuples = Self("tuples")
        /// Bytes of data.
        public static let bytes = Self("bytes")
        /// Transactions that hold a lock which the command waits for.
        public static let lockers = Self("lockers")
        /// Indexes.
        public static let indexes = Self("indexes")
    }
}

extension StoreProgress.Amount: CustomStringConvertible {
    /// `1200 of 2857 blocks`, `1200 tuples`.
    public var description: String {
        total.map { "\(done) of \($0) \(unit)" } ?? "\(done) \(unit)"
    }
}

extension StoreProgress: CustomStringConvertible {
    /// `CREATE INDEX  orders  building index: scanning table  42 %  (1200 of 2857 blocks)`
    public var description: String {
        var columns = [command]
        if let object { columns.append(object) }
        if let phase { columns.append(phase) }
        // Rounded down: 100 % is said of nothing that is not done.
        if let fraction { columns.append("\(Int(fraction * 100)) %") }
        let details = [amount?.description, waitsFor.map { "waits for \($0)" }].compactMap { $0 }
        if !details.isEmpty { columns.append("(\(details.joined(separator: ", ")))") }
        return columns.joined(separator: "  ")
    }
}
