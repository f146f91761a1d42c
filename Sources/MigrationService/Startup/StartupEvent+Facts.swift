// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension StartupEvent {
    /// What an event says, one fact a key, for logs and spans. No secret is in it.
    package var facts: [String: String] {
        switch self {
        case .run(let event): event.facts
        case .lockWaitEnded(let duration): ["lock.waited_ms": duration.milliseconds]
        case .ready(let report): ["migrations.applied": "\(report.applied.count)"]
        case .failed(let error): error.facts
        case .needsNewerBuild(let build, _): build.build.map { ["build.needed": "\($0)"] } ?? [:]
        case .began, .interrupted: [:]
        }
    }
}

extension MigrationEvent {
    fileprivate var facts: [String: String] {
        switch self {
        case .planned(let plan): ["migrations.pending": "\(plan.steps.count)"]
        case .waitingForLock(let holder): holder.map { ["lock.holder": "\($0)"] } ?? [:]
        case .started(let migration, let index, let total):
            migration.facts.merging(["migration.index": "\(index)", "migration.total": "\(total)"]) { $1 }
        case .executed(let applied, _, _), .applied(let applied):
            applied.migration.facts.merging(["migration.duration_ms": applied.duration.milliseconds]) { $1 }
        case .progress(let progress): progress.migration.facts
        case .retrying(let retry):
            retry.migration.facts.merging(
                [
                    "retry.attempts": "\(retry.attempts)", "retry.pause_ms": retry.pause.milliseconds,
                    "retry.reason": retry.reason,
                ]
            ) { $1 }
        case .notice(let notice):
            ["notice.severity": notice.severity]
                .merging(notice.code.map { ["notice.code": $0] } ?? [:]) { $1 }
                .merging(notice.migration.map { ["migration.id": "\($0)"] } ?? [:]) { $1 }
        default: [:]
        }
    }
}

extension Migration {
    fileprivate var facts: [String: String] { ["migration.id": "\(id)", "migration.path": path] }
}

extension MigrationError {
    fileprivate var facts: [String: String] {
        ["error.code": "\(code)", "migrations.applied": "\(report.applied.count)"]
            .merging(failed.map { ["migration.id": "\($0.id)", "migration.path": $0.path] } ?? [:]) { $1 }
    }
}

extension Duration {
    fileprivate var milliseconds: String {
        "\(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)"
    }
}
