// SPDX-License-Identifier: Apache-2.0

/// Which sets are kept.
///
/// A set that any rule keeps is kept. Rules of time keep the newest set of each of the last days, weeks … that have one; days begin at
/// midnight UTC, weeks on Mondays (ISO 8601).
public struct RetentionPolicy: Hashable, Sendable {
    /// How many of the newest sets.
    public var last: Int
    /// For how many days, weeks, months and years one each.
    public var daily, weekly, monthly, yearly: Int

    /// Makes a policy.
    public init(last: Int = 0, daily: Int = 0, weekly: Int = 0, monthly: Int = 0, yearly: Int = 0) {
        self.last = last
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
        self.yearly = yearly
    }

    /// Whether no rule keeps anything.
    public var isEmpty: Bool { [last, daily, weekly, monthly, yearly].allSatisfy { $0 <= 0 } }

    /// Decides for each set, the newest first.
    ///
    /// Whatever the rules: the newest complete set and the newest verified one stay, and while the newest run failed everything stays. Only
    /// complete sets count for the rules; a partial one stays until there is a newer complete set, and then as long as a rule says.
    ///
    /// - Parameters:
    ///   - sets: All of the folder.
    ///   - lastRun: What the newest run there came to; `nil` when it is not known.
    public func decisions(for sets: [RetentionCandidate], lastRun: LastRun?) -> [RetentionDecision] {
        let newestFirst = sets.sorted { $0.name > $1.name }
        var reasons: [SetName: [String]] = [:]
        func keep(_ set: RetentionCandidate?, _ reason: String) {
            if let set { reasons[set.name, default: []].append(reason) }
        }
        let complete = newestFirst.filter(\.isComplete)
        keep(complete.first, "newest complete set")
        keep(newestFirst.first(where: \.isVerified), "newest verified set")
        for set in newestFirst where !set.isComplete && complete.allSatisfy({ $0.name < set.name }) {
            keep(set, "nothing complete is newer")
        }
        if let failure = Self.failure(lastRun, newest: newestFirst.first) {
            for set in newestFirst { keep(set, failure) }
        }
        for (index, set) in complete.prefix(max(0, last)).enumerated() { keep(set, "last \(index + 1) of \(last)") }
        let periods: [(String, Int, (CalendarTime) -> Int)] = [
            ("day", daily, \.dayNumber), ("week", weekly, \.weekNumber),
            ("month", monthly, { $0.year * 12 + $0.month }),
            ("year", yearly, \.year),
        ]
        for (name, count, number) in periods where count > 0 {
            var seen: [Int] = []
            for set in complete where seen.last != number(set.name.time) {
                guard seen.count < count else { break }
                seen.append(number(set.name.time))
                keep(set, "\(name) \(seen.count) of \(count)")
            }
        }
        return newestFirst.map { RetentionDecision(name: $0.name, reasons: reasons[$0.name] ?? []) }
    }

    private static func failure(_ run: LastRun?, newest: RetentionCandidate?) -> String? {
        switch run?.outcome {
        case .failed: "the newest run failed"
        case .unfinished: "the newest run has not ended, or was killed"
        case .partial: "the newest run did not save every store"
        case .complete, nil: newest.map(\.isComplete) == false ? "the newest run did not save every store" : nil
        }
    }
}

/// What the rules need to know of a set.
public struct RetentionCandidate: Hashable, Sendable {
    /// Its name, which says when it was made.
    public var name: SetName
    /// Whether every store is in it.
    public var isComplete: Bool
    /// Whether it was restored for proof, or read to its end, and nothing was found to be wrong since.
    public var isVerified: Bool

    /// Makes a candidate.
    public init(name: SetName, isComplete: Bool, isVerified: Bool) {
        self.name = name
        self.isComplete = isComplete
        self.isVerified = isVerified
    }
}

/// What becomes of a set.
public struct RetentionDecision: Hashable, Sendable {
    /// The set.
    public let name: SetName
    /// Why it is kept; empty when it is not.
    public let reasons: [String]

    /// Whether it is kept.
    public var isKept: Bool { !reasons.isEmpty }
}
