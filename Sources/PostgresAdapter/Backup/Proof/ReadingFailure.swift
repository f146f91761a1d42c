// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Why a program that read a dump did not end well: the dump's fault, or something else's.
///
/// Whoever proves a backup must not call it damaged because a disk was full; nor may a damaged one pass.
struct ReadingFailure: Hashable, Sendable, CustomStringConvertible {
    let program: String
    let end: ProcessEnd
    let reason: String

    init(_ program: String, _ end: ProcessEnd, _ reason: String) {
        self.program = program
        self.end = end
        self.reason = reason
    }

    /// The reason, with the program and how it ended.
    var description: String { "\(reason) (\(program): \(end))" }

    /// Signals that a program gets for what it does itself, as when it reads what no dump may have: SIGILL, SIGTRAP, SIGABRT, SIGBUS
    /// (two numbers), SIGFPE, SIGSEGV.
    private static let ownSignals: Set<Int32> = [4, 5, 6, 7, 8, 10, 11]

    /// What this machine's system says, as its C library writes it.
    private static let ownCircumstances = [
        "No space left on device", "Disk quota exceeded", "Input/output error", "Permission denied",
        "Too many open files", "Cannot allocate memory", "Read-only file system", "Stale file handle",
    ]

    /// What the system, the connection and the server say when the dump has no part in it. Not `out of memory` of `pg_restore`, which
    /// a damaged length causes too.
    private static let circumstances =
        ownCircumstances + [
            // libpq and the server.
            "connection to server", "server closed the connection", "no connection to the server",
            "terminating connection",
            "could not receive data from server", "could not send data to server", "SSL SYSCALL error",
            "the database system is", "too many clients", "remaining connection slots", "ERROR:  out of memory",
            "out of shared memory", "canceling statement due to", "temporary file size exceeds",
            // pg_restore itself, when it gets SIGTERM, SIGINT or SIGQUIT.
            "terminated by user",
        ]

    /// Whether it says something of the dump; else it says something of this machine or the server.
    var isDamage: Bool {
        if case .signaled(let signal) = end { return Self.ownSignals.contains(signal) }
        return !Self.circumstances.contains { reason.contains($0) } && lack == nil
    }

    /// What this machine lacks that the dump needs.
    private var lack: MissingThing? { MissingThing(reason) }

    /// - Parameter question: What could not be found out: `whether x.dump can be read`.
    func throwUnlessDamage(_ question: String) throws {
        guard !isDamage else { return }
        guard let lack else { throw Self.unknown(question, description) }
        throw Self.unknown(question, "\(description). \(lack.advice)", .configuration)
    }

    /// - Parameter category: `nil`: this machine's disk or the server, by the reason.
    static func unknown(
        _ question: String, _ reason: String, _ category: BackupErrorCategory? = nil
    ) -> PostgresBackupError {
        // "ERROR:  Permission denied to …" is the server's, of its own rights.
        let isOwn = !reason.contains("ERROR:  Permission denied") && ownCircumstances.contains { reason.contains($0) }
        return PostgresBackupError(
            category ?? (isOwn ? .destination : .unavailable), "\(question) could not be found out: \(reason)")
    }
}
