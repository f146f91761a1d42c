// SPDX-License-Identifier: Apache-2.0

/// What became of a statement whose end nobody saw.
enum StatementOutcome: Hashable {
    case done
    /// To be executed once more, after some cleaning up.
    case notDone(cleanUp: [String] = [])
    /// Half done: these statements complete it.
    case toBeFinished([String])
    /// Another session builds this index now: neither to be dropped nor to be built a second time.
    case inProgress(index: String, process: String)
    case unknown
}

extension StatementEffect {
    /// What was there before a statement was started, as the journal's note keeps it: numbers with commas between them.
    ///
    /// Numbers, because another object can have the name later: one further down the search path, or a new one.
    typealias Note = String

    /// What the rows of ``outcomeQuery`` mean.
    ///
    /// - Parameter before: What ``noteQuery`` found before the statement was started.
    func outcome(before: Note?, rows: [[String?]]) -> StatementOutcome {
        let old = Set((before ?? "").split(separator: ",").map(String.init))
        let (kept, new) = (rows.filter { old.contains($0.oid) }, rows.filter { !old.contains($0.oid) })
        switch self {
        case .createsIndex(let name, _):
            // Without a name the statement's index cannot be told from one that somebody else made meanwhile.
            if name == nil, new.count > 1 { return .unknown }
            guard let index = new.first else { return .notDone() }
            if index.isSet { return .done }
            if let process = index.builder { return .inProgress(index: index.text(2), process: process) }
            return .notDone(cleanUp: new.map(\.dropIndex))
        case .rebuildsIndexes:
            // What somebody else rebuilds at this moment is not our business.
            return .notDone(cleanUp: new.filter { $0.builder == nil }.map(\.dropIndex))
        case .createsDatabase, .createsTablespace, .createsSubscription: return new.isEmpty ? .notDone() : .done
        case .dropsIndex, .dropsDatabase, .dropsTablespace, .dropsSubscription, .endsPrepared:
            // What was not there cannot have been dropped: the statement says so itself, once more.
            return old.isEmpty || !kept.isEmpty ? .notDone() : .done
        case .detachesPartition:
            guard let partition = kept.first else { return old.isEmpty ? .notDone() : .done }
            guard partition.isSet else { return .notDone() }
            return .toBeFinished(["ALTER TABLE \(partition.text(2)) DETACH PARTITION \(partition.text(3)) FINALIZE"])
        case .resetsSession, .repeatable, .rewrites: return .notDone()
        case .unknown: return .unknown
        }
    }
}

extension [String?] {
    /// The columns of a row that ``StatementEffect/outcomeQuery(before:)`` returns.
    fileprivate var oid: String { text(0) }
    fileprivate var isSet: Bool { text(1) == "t" }
    fileprivate func text(_ column: Int) -> String { column < count ? self[column] ?? "" : "" }
    fileprivate var builder: String? { count > 3 ? self[3] : nil }
    fileprivate var dropIndex: String { "DROP INDEX CONCURRENTLY IF EXISTS \(text(2))" }
}
