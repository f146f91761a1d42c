// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Ports of this machine that nobody uses.
package enum FreePort {
    /// Below those that the system gives to connections: what is free stays so until a test uses it.
    private static let range: Range<UInt16> = 15000..<32000
    private static let next = Mutex(UInt16.random(in: range))

    /// A port that is free, and given to nobody else here.
    package static func find() -> Int? {
        for _ in range {
            let port = next.withLock { next in
                next = next + 1 < range.upperBound ? next + 1 : range.lowerBound
                return next
            }
            guard let listener = SilentListener(port: port) else { continue }
            listener.close()
            return listener.port
        }
        return nil
    }
}
