// SPDX-License-Identifier: Apache-2.0

/// Goes through an RDB file from its first to its last byte while it comes, in memory that does not grow with it.
///
/// Give it pieces in their order, and call ``finish()`` behind the last one:
///
/// ```swift
/// var reader = RDBReader()
/// try reader.read(bytes)
/// let summary = try reader.finish()
/// print(summary.keys, "keys")
/// ```
///
/// Every key and every value of the versions 6 to 12 (Redis 3.0 to 7.4) is parsed, and the checksum verified. Of a newer version, only the
/// checksum and the mark before it are: ``RDBSummary/isCounted`` tells.
public struct RDBReader: Sendable {
    /// What comes next, the nearest last.
    var tasks: [Task] = [.header]
    var string: StringInProgress?

    // The key at hand.
    var database = 0
    var expiry: Int64?
    var kind = RDBKind.string
    var keyHash: UInt64 = 0
    var valueHash: UInt64 = 0
    /// The first half of a pair: a field, a member.
    var firstHalf: UInt64?
    /// A field's value, before the time to live that follows it.
    var secondHalf: UInt64 = 0
    var hasSecondHalf = false
    /// The time to live that stands before a field; 0: none.
    var fieldExpiry: Int64 = 0
    var earliestExpiry: Int64 = 0
    var groupHash: UInt64 = 0
    var auxiliaryName: [UInt8] = []
    var captured: [UInt8] = []

    var summary = RDBSummary()
    /// The keys of the database at hand since it was begun; those of databases before are in the counts.
    var keys: Int64 = 0
    var expires: Int64 = 0
    var counts: [Int: RDBSummary.Database] = [:]
    var kinds = [Int64](repeating: 0, count: RDBKind.allCases.count)

    /// Memory in which compressed strings are decoded, one after the other.
    var spareBuffer: [UInt8] = []

    private var window: [UInt8] = []
    private var crc = CRC64()
    /// How many bytes were parsed.
    private var offset: Int64 = 0
    private var failure: RDBError?

    /// Begins a file.
    public init() {}

    /// Whether the file's last byte was read.
    public var isAtEnd: Bool { tasks.isEmpty }

    /// Takes the next bytes.
    ///
    /// - Throws: ``RDBError``: what is wrong with the bytes so far. Every later call throws it again.
    public mutating func read(_ bytes: [UInt8]) throws(RDBError) {
        if let failure { throw failure }
        summary.bytes += Int64(bytes.count)
        let held: [UInt8]
        if window.isEmpty {
            held = bytes
        } else {
            held = window + bytes
        }
        var used = 0
        var problem: RDBProblem?
        held.withUnsafeBufferPointer { held in
            var cursor = ByteCursor(held)
            do throws(RDBProblem) {
                try parse(&cursor)
            } catch {
                problem = error
            }
            used = cursor.position
        }
        if let problem {
            let error = RDBError(code: problem.code, problem: problem.text, offset: offset + Int64(used))
            failure = error
            throw error
        }
        offset += Int64(used)
        window = used == held.count ? [] : Array(held[used...])
    }

    /// Ends the file.
    ///
    /// - Returns: What it holds.
    /// - Throws: ``RDBError`` when it is not at its end.
    public mutating func finish() throws(RDBError) -> RDBSummary {
        if let failure { throw failure }
        if summary.isCounted || summary.version == 0 {
            guard tasks.isEmpty else {
                throw RDBError(code: .cut, problem: "the file ends before its end", offset: summary.bytes)
            }
        } else {
            try finishUncounted()
        }
        endDatabase()
        summary.databases = counts.values.sorted { $0.number < $1.number }
        for (kind, count) in zip(RDBKind.allCases, kinds) where count > 0 { summary.types[kind.rawValue] = count }
        return summary
    }

    // MARK: - The loop

    private mutating func parse(_ cursor: inout ByteCursor) throws(RDBProblem) {
        var summed = 0
        defer { sum(cursor, from: summed) }
        while true {
            if string != nil {
                guard try continueString(&cursor) else { return }
                continue
            }
            guard let task = tasks.last else {
                guard cursor.remaining == 0 else {
                    throw .damaged("there are bytes behind the end")
                }
                return
            }
            let start = cursor.position
            switch task {
            case .checksum:
                sum(cursor, from: summed)
                summed = cursor.position
                guard let recorded = cursor.littleEndian(UInt64.self) else { return }
                summed = cursor.position
                try compare(recorded)
                tasks.removeLast()
            case .uncounted:
                // The last nine bytes stay: the mark and the checksum.
                guard cursor.remaining > 9 else { return }
                cursor.position = cursor.bytes.count - 9
                return
            default:
                guard try perform(task, &cursor) else {
                    cursor.position = start
                    return
                }
            }
        }
    }

    private mutating func sum(_ cursor: ByteCursor, from start: Int) {
        guard start < cursor.position else { return }
        crc.update(UnsafeBufferPointer(rebasing: cursor.bytes[start..<cursor.position]))
    }

    private mutating func compare(_ recorded: UInt64) throws(RDBProblem) {
        guard recorded != 0 else { return }
        guard recorded == crc.value else {
            throw .damaged("the checksum is another one: bytes are not those that the server wrote")
        }
        summary.checksum = recorded
    }

    private mutating func finishUncounted() throws(RDBError) {
        guard window.count == 9 else {
            throw RDBError(code: .cut, problem: "the file ends before its end", offset: summary.bytes)
        }
        guard window[0] == RDBFormat.Opcode.end else {
            throw RDBError(
                code: .cut, problem: "there is no mark of the end before the last 8 bytes", offset: summary.bytes - 9)
        }
        var problem: RDBProblem?
        window.withUnsafeBufferPointer { bytes in
            var cursor = ByteCursor(bytes)
            _ = cursor.byte()
            sum(cursor, from: 0)
            do throws(RDBProblem) {
                try compare(cursor.littleEndian(UInt64.self) ?? 0)
            } catch {
                problem = error
            }
        }
        if let problem { throw RDBError(code: problem.code, problem: problem.text, offset: summary.bytes - 8) }
    }
}
