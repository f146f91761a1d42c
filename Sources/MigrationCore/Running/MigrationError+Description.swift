// SPDX-License-Identifier: Apache-2.0

extension MigrationError: CustomStringConvertible {
    public var description: String {
        var parts = refusals.map(\.description)
        // "CancellationError()" tells a reader less than the headline does.
        if let underlying, !(underlying is CancellationError) { parts.append(String(describing: underlying)) }
        if parts.isEmpty { parts.append(headline) }
        if let outcome { parts.append(outcome) }
        return parts.joined(separator: "\n")
    }

    private var headline: String {
        switch code {
        case .cancelled: "interrupted"
        case .lockTimeout: "another run holds the lock; start this one again when it is done"
        case .storeUnavailable: "the database cannot be reached"
        default: "the run failed (\(code))"
        }
    }

    /// What is in effect now, in one line.
    private var outcome: String? {
        guard let failed else {
            guard report.applied.isEmpty else { return Self.sentence(about: report.applied, before: "that") }
            return code == .refused ? "Nothing was executed." : nil
        }
        if singleTransaction && partialProgress == nil {
            return code == .outcomeUnknown
                ? "Whether the one transaction of this run took effect is not known: the next run finds out."
                : "Nothing was applied: all migrations of this run share one transaction."
        }
        if partialProgress == nil && code != .outcomeUnknown {
            return "Nothing of \(failed.path) was applied.\(Self.shortSentence(about: report.applied))"
        }
        return "\(effect(of: failed)) \(Self.sentence(about: report.applied, before: "it"))"
    }

    private var partialProgress: String? { (underlying as? any VersionStoreError)?.partialProgress }

    private func effect(of failed: Migration) -> String {
        partialProgress ?? "Whether \(failed.path) took effect is not known: the next run finds out."
    }

    /// To be read after "Nothing of … was applied.".
    private static func shortSentence(about applied: [AppliedMigration]) -> String {
        switch applied.count {
        case 0: ""
        case 1: " 1 migration before it was (\(ranges(of: applied)))."
        default: " \(applied.count) migrations before it were (\(ranges(of: applied)))."
        }
    }

    private static func sentence(about applied: [AppliedMigration], before moment: String) -> String {
        switch applied.count {
        case 0: "This run had applied nothing before \(moment)."
        case 1: "1 migration before \(moment) was applied and stays: \(ranges(of: applied))."
        default: "\(applied.count) migrations before \(moment) were applied and stay: \(ranges(of: applied))."
        }
    }

    /// `0001 to 0006`, or `core 0001 to 0004, billing 0001` where several components are involved.
    private static func ranges(of applied: [AppliedMigration]) -> String {
        var ranges: [(component: Component, first: String, last: String)] = []
        for migration in applied.map(\.migration) {
            if let last = ranges.last, last.component == migration.id.component {
                ranges[ranges.count - 1].last = migration.versionText
            } else {
                ranges.append((migration.id.component, migration.versionText, migration.versionText))
            }
        }
        let named = ranges.contains { $0.component != .core }
        // A run that alternates between components would fill the screen.
        let shown = ranges.prefix(5).map { range in
            let span = range.first == range.last ? range.first : "\(range.first) to \(range.last)"
            return named ? "\(range.component) \(span)" : span
        }
        return (shown + (ranges.count > shown.count ? ["and so on"] : [])).joined(separator: ", ")
    }
}
