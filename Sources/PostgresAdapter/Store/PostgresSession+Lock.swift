// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

extension PostgresSession {
    public func lock(
        _ request: LockRequest, observe: @escaping @Sendable (StoreEvent) -> Void
    ) async throws {
        try await waitForLock(request, observe: observe)
        let condition = try await readCondition()
        try check(condition)
        if condition.versionType == nil {
            let failure = try await connection.exchange(Array(table.create.utf8)) { _ in }
            if let failure { throw explain(failure) }
        }
        versionColumn = VersionColumn(rawValue: condition.versionType ?? VersionColumn.bigint.rawValue)
        guard versionColumn != nil else {
            throw PostgresError(
                code: .historyTable,
                message: """
                    \(table) on \(connection.endpoint) has a version column of type \(condition.versionType ?? "?"), \
                    expected integer, bigint or numeric
                    hint: if it belongs to another tool, name another table for ours with --history-table.
                    """)
        }
        incomplete = Set(try await unfinished().map(\.id))
    }

    /// Asks again and again instead of waiting in the server: a session that waits there has a snapshot, and
    /// `CREATE INDEX CONCURRENTLY` in the session that holds the lock would wait for it.
    private func waitForLock(
        _ request: LockRequest, observe: @Sendable (StoreEvent) -> Void
    ) async throws {
        let deadline = ContinuousClock.now + request.timeout
        try await makeSettings()
        var pause = Duration.milliseconds(20)
        var told: String??
        // A session of ours that the server believes to be alive, because it was the network that went. It may be about to end.
        var endsFormer = former.all.isEmpty ? nil : ContinuousClock.now + Self.formerPatience
        while try await tryLock() == false {
            let other = try await connection.query(table.selectLockHolder).first.flatMap { OtherSession(row: $0[...]) }
            if told != .some(other?.process) {
                told = .some(other?.process)
                observe(.waitingForLock(holder: other?.holder))
            }
            if let time = endsFormer, time <= .now {
                endsFormer = nil
                // Not allowed, or not there any more: then it is waited for like any other.
                _ = try await connection.exchange(Array(table.endLockHolder(among: former.all).utf8)) { _ in }
            }
            guard ContinuousClock.now < deadline else { throw lockTimeout(request, other) }
            let jitter = Double.random(in: 0.5...1)
            try await Task.sleep(for: min(pause * jitter, max(deadline - .now, .milliseconds(1))))
            pause = min(pause * 2, .seconds(1))
        }
    }

    private static var formerPatience: Duration { .seconds(2) }

    /// Gives the session the settings of a run. That some of them are refused is no error.
    private func makeSettings() async throws {
        repeat {
            var row: [String?]?
            let failure = try await connection.exchange(Array(settings.first(process: serverProcess).utf8)) { result in
                if case .row(let columns) = result { row = columns }
            }
            guard failure == nil else { continue }
            if row == nil {
                serverProcess = try await PoolerCheck(connection: connection, configuration: configuration).ownProcess()
                row = try await connection.query(settings.first(process: serverProcess)).first
            }
            if let start = row?.first ?? nil { identity = .init(process: serverProcess, start: start) }
            return
        } while settings.giveUp()
    }

    private func tryLock() async throws -> Bool {
        if let answer = try await connection.query(table.tryLock(process: serverProcess)).first?.first ?? nil {
            return answer == "t"
        }
        serverProcess = try await PoolerCheck(connection: connection, configuration: configuration).ownProcess()
        return try await connection.query(table.tryLock(process: serverProcess)).first?.first == "t"
    }

    private func lockTimeout(_ request: LockRequest, _ other: OtherSession?) -> PostgresError {
        PostgresError(
            code: .lockTimeout,
            message: """
                another run held the lock of \(table) for longer than \(request.timeout)\
                \(other.map { ": \($0.holder)" } ?? "")
                hint: wait until it is done and start again; its migrations are applied only once in any case. \
                If it hangs, end it: SELECT pg_terminate_backend(\(other?.process ?? "PID")).
                """)
    }

    private struct Condition {
        var isStandby, isReadOnly: Bool
        var role: String
        var versionType: String?
        var mayInsert, mayCreate: Bool?
        var otherTables: String?
    }

    private func readCondition() async throws -> Condition {
        let row = try await connection.query(table.selectCondition).first ?? []
        func flag(_ text: String?) -> Bool? { text.map { $0 == "t" } }
        guard row.count == 7 else {
            throw PostgresError(
                code: .historyTable, message: "\(connection.endpoint) did not answer a question about itself")
        }
        return Condition(
            isStandby: flag(row[0]) ?? false, isReadOnly: row[1] == "on", role: row[2] ?? "?", versionType: row[3],
            mayInsert: flag(row[4]), mayCreate: flag(row[5]), otherTables: row[6])
    }

    /// - Throws: ``PostgresError/Code/readOnly`` on a standby.
    func requirePrimary() async throws {
        guard try await connection.query("SELECT pg_is_in_recovery()").first?.first == "f" else { throw isStandby }
    }

    private var isStandby: PostgresError {
        PostgresError(
            code: .readOnly,
            message: """
                \(connection.endpoint) is a standby (in recovery): it cannot be written to
                hint: connect to the primary, or give all hosts and target_session_attrs=read-write in the URL.
                """)
    }

    /// Everything that would make the first write fail, found before it.
    private func check(_ condition: Condition) throws(PostgresError) {
        let endpoint = connection.endpoint
        if condition.isStandby { throw isStandby }
        if condition.isReadOnly {
            throw PostgresError(
                code: .readOnly,
                message: """
                    sessions of role \(condition.role) on \(endpoint) are read-only (default_transaction_read_only is on)
                    hint: use the role that owns the schema, or ALTER ROLE … SET default_transaction_read_only = off.
                    """)
        }
        if condition.mayInsert == false {
            throw PostgresError(
                code: .insufficientPrivilege,
                message: """
                    role \(condition.role) may not write to the history table \(table) on \(endpoint)
                    hint: use the role that owns the schema, or GRANT INSERT ON \(table.sql) TO \(SQLLiteral.identifier(condition.role)).
                    """)
        }
        guard condition.versionType == nil else { return }
        if let others = condition.otherTables {
            throw PostgresError(
                code: .historyTable,
                message: """
                    there is no \(table) on \(endpoint), but \(others). A new history would apply everything once more
                    hint: if that is the history of these migrations, say so: --history-table \(others).
                    """)
        }
        try checkSchema(condition)
    }

    private func checkSchema(_ condition: Condition) throws(PostgresError) {
        let endpoint = connection.endpoint
        switch condition.mayCreate {
        case true: return
        case false:
            throw PostgresError(
                code: .insufficientPrivilege,
                message: """
                    role \(condition.role) may not create the history table \(table) on \(endpoint)
                    hint: use the role that owns the schema, or GRANT CREATE ON SCHEMA \
                    \(SQLLiteral.identifier(table.schema)) TO \(SQLLiteral.identifier(condition.role)), or choose another schema \
                    with --history-table SCHEMA.TABLE.
                    """)
        default:
            throw PostgresError(
                code: .historyTable,
                message: """
                    there is no schema \(table.schema) on \(endpoint) for the history table \(table)
                    hint: create it, or choose another one with --history-table SCHEMA.TABLE.
                    """)
        }
    }
}
