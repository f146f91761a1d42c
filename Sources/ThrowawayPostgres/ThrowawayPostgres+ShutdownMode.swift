// SPDX-License-Identifier: Apache-2.0

extension ThrowawayPostgres {
    /// How the server is stopped within its folder.
    public enum ShutdownMode: Sendable, Hashable {
        /// Transactions are rolled back, everything is written, the server ends in order.
        case fast

        /// The server's processes end at once; the next start recovers from the log.
        case immediate

        /// The postmaster is killed with SIGKILL. Its other processes notice, and end when their statements do.
        case kill
    }
}
