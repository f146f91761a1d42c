// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Ports of this machine that nobody uses.
enum FreePort {
    /// A port that was free a moment ago.
    static func find() -> Int? {
        guard let listener = SilentListener() else { return nil }
        listener.close()
        return listener.port
    }
}
