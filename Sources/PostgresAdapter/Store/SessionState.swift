// SPDX-License-Identifier: Apache-2.0

/// What brings a session back to its initial state, as `DISCARD ALL` would, without giving up the run's advisory lock.
///
/// `DISCARD ALL` itself cannot run in a transaction block and releases advisory locks (PostgreSQL documentation, DISCARD);
/// these are the other things that it does, but for `DISCARD PLANS`, which changes nothing that a script could notice.
enum SessionState {
    /// What has to happen before our history row is written, inside the script's transaction: user, role, every setting.
    static let beforeHistory = ["RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL"]

    /// What can wait until the script's transaction is over, and would disturb its end if it did not.
    static let afterScript = [
        "CLOSE ALL", "UNLISTEN *", "DEALLOCATE ALL", "DISCARD SEQUENCES", "DISCARD TEMP",
    ]
}
