// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Keeps what a session told.
final class EventLog: Sendable {
    private let kept = Mutex<[StoreEvent]>([])

    var events: [StoreEvent] { kept.withLock(\.self) }

    @Sendable func observe(_ event: StoreEvent) {
        kept.withLock { $0.append(event) }
    }

    /// Events in a few words each.
    static func describe(_ events: [StoreEvent]) -> String {
        let words = events.map { event in
            switch event {
            case .waitingForLock: "waiting for the lock"
            case .retrying(let retry): "\(retry.migration.id) gave way"
            case .started(let migration): "\(migration.id) started"
            case .notice(let notice): notice.description
            case .progress(let progress): progress.description
            case .progressEnded: "end of progress"
            case .executed(let applied): "\(applied.migration.id) executed"
            }
        }
        return words.isEmpty ? "nothing" : words.joined(separator: ", ")
    }
}
