// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore

/// Tells people how a backup, a proof or a restore goes on.
struct BackupDisplay: Sendable {
    private let progress = StoreProgress()

    @Sendable func handle(_ event: BackupRunEvent) {
        switch event {
        case .waitingForRun(let holder): Console.note("waiting for another run in this folder: \(holder)")
        case .removedUnfinished(let name):
            Console.note("removed what an interrupted run had left of \(name)")
        case .keptUnfinished(let name, let error):
            Console.note("what an interrupted run had left of \(name) could not be removed: \(error)")
        case .notice(let text): Console.note(text)
        case .started(let name, let stores):
            Console.progress("making \(name) of \(stores.map(\.description).joined(separator: ", "))")
        case .target(let store, let event): progress.handle(store, event)
        case .saved(let store, let bytes, let duration):
            progress.end(store)
            Console.progress("\(store) saved: \(bytes.sizeText) in \(duration.text)")
        case .failed(let store, let error):
            progress.end(store)
            Console.note("\(store): \(error)")
        case .published: break
        }
    }

    @Sendable func handle(_ event: VerificationEvent) {
        switch event {
        case .started(let level): Console.progress("verifying: \(level)")
        case .hashed(let bytes, let total): showSet("verifying", bytes, of: total)
        case .target(let store, let event): progress.handle(store, event)
        case .finished(let store): progress.end(store)
        }
    }

    @Sendable func handle(_ event: RestoreEvent) {
        switch event {
        case .verifying: break
        case .verified(let bytes, let total): showSet("verifying", bytes, of: total)
        case .notice(let text): Console.note(text)
        case .target(let store, let event): progress.handle(store, event)
        case .prepared(let store):
            progress.end(store)
            Console.progress("\(store): its replacement is ready")
        case .swapped(let store):
            progress.end(store)
            Console.progress("\(store): replaced")
        }
    }

    /// Removes everything that is drawn.
    func end() { progress.end() }

    private func showSet(_ phase: String, _ bytes: Int64, of total: Int64) {
        guard let name = StoreName("set") else { return }
        if bytes >= total { return progress.end(name) }
        progress.handle(name, .progress(.init(phase: phase, bytes: bytes, totalBytes: total, isExact: true)))
    }
}
