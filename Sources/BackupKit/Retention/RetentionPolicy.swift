// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

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
    /// Sets of the same stores are looked at together, each such group by itself: a set of Redis alone takes the place of no set that has
    /// PostgreSQL. Only complete sets that nobody found damaged count for the rules. Whatever the rules: of each group the newest complete
    /// set stays, and the newest that passed each level of proof, of those with and of those without limitations. A partial or damaged one stays until there is a newer complete one. While
    /// the newest run failed, or the newest set is damaged, everything stays.
    ///
    /// - Parameters:
    ///   - sets: All of the folder that can be read.
    ///   - unreadable: Those that cannot.
    ///   - lastRun: What the newest run there came to; `nil` when it is not known.
    public func decisions(
        for sets: [RetentionCandidate], unreadable: [SetName] = [], lastRun: LastRun?
    ) -> [RetentionDecision] {
        let newestFirst = sets.sorted { $0.name > $1.name }
        var reasons: [SetName: [String]] = [:]
        if let failure = Self.failure(lastRun, newest: newestFirst.first, unreadable: unreadable.max()) {
            for set in newestFirst { reasons[set.name, default: []].append(failure) }
        }
        let groups = Dictionary(grouping: newestFirst.filter { !$0.isDamaged }, by: \.stores)
        for (stores, group) in groups {
            let names = stores.sorted().map(\.description).joined(separator: " and ")
            let complete = group.filter(\.counts)
            let newest = complete.prefix(1).map { ($0.name, "newest complete set") }
            for (set, reason) in newest + Self.verified(group) + reasonsByRules(complete) {
                reasons[set, default: []].append(groups.count == 1 ? reason : "\(reason) of \(names)")
            }
        }
        for set in newestFirst where !set.counts {
            let isReplaced = newestFirst.contains {
                $0.counts && $0.name > set.name && $0.stores.isSuperset(of: set.stores)
            }
            if !isReplaced { reasons[set.name, default: []].append("nothing complete is newer") }
        }
        return newestFirst.map { RetentionDecision(name: $0.name, reasons: reasons[$0.name] ?? []) }
    }

    /// What the rules keep of complete sets of the same stores, the newest first.
    private func reasonsByRules(_ sets: [RetentionCandidate]) -> [(SetName, String)] {
        var reasons: [(SetName, String)] = []
        for (index, set) in sets.prefix(max(0, last)).enumerated() {
            reasons.append((set.name, "last \(index + 1) of \(last)"))
        }
        let periods: [(String, Int, (CalendarTime) -> Int)] = [
            ("day", daily, \.dayNumber), ("week", weekly, \.weekNumber),
            ("month", monthly, { $0.year * 12 + $0.month }),
            ("year", yearly, \.year),
        ]
        for (name, count, number) in periods where count > 0 {
            var seen: [Int] = []
            for set in sets where seen.last != number(set.name.time) {
                guard seen.count < count else { break }
                seen.append(number(set.name.time))
                reasons.append((set.name, "\(name) \(seen.count) of \(count)"))
            }
        }
        return reasons
    }

    /// Of sets of the same stores, complete or not, the newest that passed each level of proof.
    private static func verified(_ sets: [RetentionCandidate]) -> [(SetName, String)] {
        var proofs: [SetName: String] = [:]
        for level in VerificationLevel.allCases {
            let proven = sets.filter { $0.verified.map { $0 >= level } ?? false }
            // One of which less was compared takes the place of none.
            for set in [proven.first, proven.first { $0.limitations.isEmpty }] {
                guard let set else { continue }
                let limitations = set.verified == level ? set.limitations : []
                proofs[set.name] = ([level.description] + limitations).joined(separator: ", ")
            }
        }
        return proofs.sorted { $0.key > $1.key }.map { ($0.key, "newest verified set (\($0.value))") }
    }

    private static func failure(
        _ run: LastRun?, newest: RetentionCandidate?, unreadable: SetName?
    ) -> String? {
        if let unreadable, newest.map({ $0.name < unreadable }) ?? true { return "the newest set cannot be read" }
        if newest?.isDamaged == true { return "the newest set is damaged" }
        return switch run?.outcome {
        case .failed: "the newest run failed"
        case .unfinished: "the newest run has not ended, or was killed"
        case .partial: "the newest run did not save every store"
        case .complete, nil: newest?.isComplete == false ? "the newest run did not save every store" : nil
        }
    }
}

/// What the rules need to know of a set.
public struct RetentionCandidate: Hashable, Sendable {
    /// Its name, which says when it was made.
    public var name: SetName
    /// Whether every store that was asked for is in it.
    public var isComplete: Bool
    /// The stores that are in it.
    public var stores: Set<StoreName>
    /// The highest level of proof that it passed, and did not fail since.
    public var verified: VerificationLevel?
    /// What could not be compared when it passed that.
    public var limitations: [String]
    /// Whether something was wrong when it was last tried.
    public var isDamaged: Bool

    /// Whether rules are about it.
    var counts: Bool { isComplete && !isDamaged }

    /// Makes a candidate.
    public init(
        name: SetName, isComplete: Bool, stores: Set<StoreName> = [], verified: VerificationLevel? = nil,
        limitations: [String] = [], isDamaged: Bool = false
    ) {
        self.name = name
        self.isComplete = isComplete
        self.stores = stores
        self.verified = verified
        self.limitations = limitations
        self.isDamaged = isDamaged
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
