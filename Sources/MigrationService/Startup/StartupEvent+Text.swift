// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension StartupEvent {
    /// How much a reader wants to know of an event.
    package enum Importance: Int, Comparable, Sendable {
        case trace, debug, info, notice, warning, error

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// How much a reader wants to know of this event.
    package var importance: Importance {
        switch self {
        case .began, .lockWaitEnded: .debug
        case .run(let event): event.importance
        case .ready(let report): report.applied.isEmpty ? .debug : .info
        case .interrupted: .notice
        case .needsNewerBuild: .warning
        case .failed: .error
        }
    }

    /// One line for people, or a few for a failure. It holds no secret.
    package var text: String {
        switch self {
        case .began(let policy): policy.intention
        case .run(let event): event.text
        case .lockWaitEnded(let duration): "waited \(duration) for the lock"
        case .ready(let report):
            switch report.applied.count {
            case 0: "the schema is ready"
            case 1: "the schema is ready: 1 migration was applied"
            default: "the schema is ready: \(report.applied.count) migrations were applied"
            }
        case .failed(let error): "the schema is not ready: \(error)"
        case .interrupted: "stopped before the schema was ready"
        case .needsNewerBuild(let build, let interval): "\(build)\nThe next look is in \(interval)."
        }
    }
}

extension StartupPolicy {
    fileprivate var intention: String {
        switch (appliesMigrations, requiresLatestSchema) {
        case (true, _): "applying what is pending"
        case (false, true): "looking whether the schema is the latest"
        case (false, false): "leaving the schema as it is: \(Self.runVariable) is not set"
        }
    }
}

extension MigrationEvent {
    fileprivate var importance: StartupEvent.Importance {
        switch self {
        case .planned, .started, .applied: .info
        case .planNotice, .waitingForLock, .retrying: .notice
        case .notice(let notice): notice.severity == "WARNING" ? .warning : .debug
        case .progress, .progressEnded: .trace
        default: .debug
        }
    }

    fileprivate var text: String {
        switch self {
        case .planned(let plan):
            plan.steps.count == 1 ? "1 migration is pending" : "\(plan.steps.count) migrations are pending"
        case .planNotice(let notice): notice.description
        case .waitingForLock(let holder): "waiting for lock held by \(holder?.description ?? "another run")"
        case .started(let migration, let index, let total): "migrating \(index) of \(total): \(migration.path)"
        case .notice(let notice): notice.description
        case .progress(let progress): "\(progress.migration.path): \(progress)"
        case .retrying(let retry): retry.description
        case .executed(let applied, _, _): "executed \(applied.migration.path) in \(applied.duration)"
        case .applied(let applied): "applied \(applied.migration.path) in \(applied.duration)"
        default: name
        }
    }

    /// The name of an event that this file has no words for, without what it holds: nobody looked whether that may be shown.
    private var name: String { Mirror(reflecting: self).children.first?.label ?? "\(self)" }
}
