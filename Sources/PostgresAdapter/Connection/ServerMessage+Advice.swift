// SPDX-License-Identifier: Apache-2.0

/// What to do when the server itself is in trouble, whatever it was asked for.
extension ServerMessage {
    /// `nil` where the error is not one of the server's own condition.
    var advice: String? {
        switch sqlState {
        case SQLState.diskFull:
            "make room on the disk of the server that is named here, or of its temporary files, and run again."
        case SQLState.outOfMemory where message.contains("shared memory"):
            """
            the server's table of locks is full: raise max_locks_per_transaction (which takes a restart), or run when fewer \
            others are at work.
            """
        case SQLState.outOfMemory:
            "give the server more memory, or less at once to each statement (work_mem, maintenance_work_mem), and run again."
        case SQLState.configurationLimitExceeded: "raise that limit (temp_file_limit and the like), and run again."
        case SQLState.ioError: "look at the server's disk and its log before you run again."
        case SQLState.readOnlyTransaction:
            """
            where the script does not say READ ONLY itself, the server does: connect to the primary, or switch \
            default_transaction_read_only off, and run again.
            """
        default: nil
        }
    }

    /// What to do when the connection is lost.
    ///
    /// - Parameter sqlState: The server's last words; `nil` when it said nothing.
    static func adviceAfterLoss(sqlState: String?) -> String {
        switch sqlState {
        case SQLState.adminShutdown:
            "the server was stopped, or somebody ended the session. Run again when the server is there."
        case SQLState.diskFull:
            "the server crashed for want of room. Make room on that disk, and run again when the server is back."
        case SQLState.idleInTransactionTimeout, SQLState.idleSessionTimeout, SQLState.transactionTimeout:
            "a run switches that limit off for its session, so the script sets it: remove that, or make it longer."
        default:
            """
            the server was stopped or crashed, which its log tells, or the network was cut. Run again when it can be reached.
            """
        }
    }
}
