// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import Synchronization

/// Texts in the order in which they came.
final class Messages: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock(\.self) }
    var text: String { all.joined(separator: "\n") }
}

/// Events in the order in which they came.
final class EventList: Sendable {
    private let events = Mutex<[BackupTargetEvent]>([])

    func add(_ event: BackupTargetEvent) { events.withLock { $0.append(event) } }

    var notices: [String] {
        events.withLock { $0.compactMap { if case .notice(let text) = $0 { text } else { nil } } }
    }
}
