// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Sessions of a store whose connection was lost, and which the server may not have ended yet.
final class FormerSessions: Sendable {
    /// A session of the server: the number of a process is used again, but not at the same moment.
    struct Identity: Hashable {
        let process: Int32
        /// Seconds since 1970, as the server writes them.
        let start: String

        /// The second part, of the server's process that executes it.
        static let ownStart =
            "(SELECT extract(epoch FROM backend_start)::text FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()))"
    }

    private let lost = Mutex<Set<Identity>>([])

    func insert(_ identity: Identity) {
        _ = lost.withLock { $0.insert(identity) }
    }

    var all: Set<Identity> { lost.withLock(\.self) }
}
