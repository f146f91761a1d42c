// SPDX-License-Identifier: Apache-2.0

import MigrationService
import Synchronization

/// Keeps what an observer is told.
final class StartupLog: StartupObserver {
    private let storage = Mutex<[StartupEvent]>([])

    var events: [StartupEvent] { storage.withLock(\.self) }

    /// The lines for people, but for those of the runner's lesser events.
    var texts: [String] { events.filter { $0.importance > .trace }.map(\.text) }

    func observe(_ event: StartupEvent) {
        storage.withLock { $0.append(event) }
    }
}
