// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// A session that holds the lock until somebody closes it: once, although several may want to.
final class HeldLock<Session: VersionStoreSession>: Sendable {
    let session: Session
    private let isClosed = Mutex(false)

    init(_ session: Session) {
        self.session = session
    }

    func close() async {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        if !wasClosed { await session.close() }
    }
}
