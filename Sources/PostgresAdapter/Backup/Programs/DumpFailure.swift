// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Why `pg_dump` did not end well, and what to do about it.
struct DumpFailure: Sendable {
    let end: ProcessEnd
    /// What it said, in one line and without a secret.
    let reason: String
    /// Whether it wrote its files by itself.
    let isFolder: Bool

    /// What the system says of a disk.
    private static let diskProblems = [
        "No space left on device", "Disk quota exceeded", "Input/output error", "Read-only file system",
        "Permission denied",
    ]

    private var category: BackupErrorCategory {
        // What the server says of its own disk has ERROR before it.
        if isFolder, !reason.contains("ERROR:"), Self.diskProblems.contains(where: { reason.contains($0) }) {
            return .destination
        }
        return reason.contains("permission denied for") ? .configuration : .store
    }

    private var advice: String {
        // pg_dump waits for locks with a statement_timeout.
        if reason.contains("statement timeout") && reason.contains("LOCK TABLE") {
            return ". Somebody held that table for longer than the lock wait timeout allows"
        }
        return category == .configuration ? ". \(Self.rights)" : ""
    }

    /// What a role needs.
    static let rights =
        "The role of a backup has to read everything: GRANT pg_read_all_data gives it that, with BYPASSRLS where rows are hidden"

    var error: PostgresBackupError {
        PostgresBackupError(category, "pg_dump failed (\(end)): \(reason)\(advice)")
    }
}
