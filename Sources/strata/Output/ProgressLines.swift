// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// Tells a person on the terminal how a run goes on, a line for each migration and one that is redrawn while
/// the server works long on something, and passes notices and warnings on.
struct ProgressLines: Sendable {
    let json: Bool

    @Sendable func handle(_ event: MigrationEvent) {
        switch event {
        case .planned(let plan):
            Console.progress("\(plan.steps.count) pending")
        case .planNotice(let notice):
            Console.note(notice.description)
        case .waitingForLock(let holder): Self.tellWaiting(.waitingForLock(holder: holder))
        case .notice(let notice):
            // NOTICE is chatter ("already exists, skipping"); a warning has to reach logs too.
            if notice.severity == "WARNING" {
                Console.note("\(notice.migration.map { "\($0): " } ?? "")\(notice)")
            } else {
                Console.progress("    \(notice)")
            }
        case .progress(let progress):
            Console.drawStatus("\(progress.migration.path)  \(progress)")
        case .progressEnded: Console.eraseStatus()
        case .executed(let applied, let index, let total):
            let width = String(total).count
            let number = String(index)
            let margin = String(repeating: " ", count: width - number.count)
            Console.progress("[\(margin)\(number)/\(total)] \(applied.migration.path) (\(applied.duration.text))")
        case .reconnecting(let migration):
            Console.note(
                "the connection was lost while \(migration.path) was committed; connecting again to see whether it was")
        case .retrying(let retry): Console.note(retry.description)
        case .started, .applied: break
        }
    }

    /// Tells that another run holds the lock.
    @Sendable static func tellWaiting(_ event: StoreEvent) {
        guard case .waitingForLock(let holder) = event else { return }
        Console.note("waiting for another run to finish\(holder.map { ": \($0)" } ?? "")")
    }
}
