// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The line that the owner's program writes once its server runs.
final class Ready: Sendable {
    private let line = Mutex<String?>(nil)

    func withLock<Result>(_ body: (inout sending String?) -> sending Result) -> Result { line.withLock(body) }
}
