// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// One connection of a ``PostgresVersionStore``, used by one run.
public actor PostgresSession: VersionStoreSession {
    nonisolated let connection: PostgresConnection
    let configuration: PostgresConfiguration
    let options: PostgresVersionStore.Options
    let analyses: ScriptAnalyses
    var table: HistoryTable { options.historyTable }
    /// What every transaction of a run begins with.
    var fence: String { table.fence(process: serverProcess) }

    /// How many rows the history has at least, so that a script that removes some is noticed.
    var knownRows = 0
    /// The type of the history's version column; `nil` until the lock is held.
    var versionColumn: VersionColumn?
    /// Whether the history is known to have the column that keeps what migrations declare of older builds.
    var keepsCompatibility = false
    /// What the session of a run is set to, as far as the server takes it.
    var settings: SessionSettings
    /// Brings user, role and every setting back to what they were before a script. Has to happen before our history row is
    /// written, inside the script's transaction.
    var stateReset: [String] { SessionState.beforeHistory + settings.statements }

    /// How many rows the transaction that is open has added to the history.
    var batchRows = 0
    /// The migrations that the journal tells of; read under the lock, after which nobody else changes them.
    var incomplete: Set<MigrationID> = []
    /// What is known of the scripts of the plan that began with the last look at the history.
    var plan = PlanKnowledge()
    /// Whether nothing of the last script is left in the session.
    var isClean = true

    /// What the server calls this session; `nil` until the lock is asked for.
    var identity: FormerSessions.Identity?
    /// Sessions of the same store that were lost.
    let former: FormerSessions

    /// Runs on the connection's thread, so that calls between the two do not switch threads.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

    /// The connection's thread.
    public nonisolated var preferredExecutor: (any TaskExecutor)? { connection.taskExecutor }

    /// The server's process that works for us. libpq's number for it, which a pooler makes up, until the lock is taken.
    var serverProcess: Int32
    /// Used only by a statement that takes long.
    var monitor: SessionMonitor?
    /// Whether what runs has to give way.
    nonisolated let watch = TrafficWatch()
    /// Told what happens while migrations are applied.
    var observer: (@Sendable (StoreEvent) -> Void)?

    init(
        connection: PostgresConnection, configuration: PostgresConfiguration, options: PostgresVersionStore.Options,
        analyses: ScriptAnalyses, former: FormerSessions
    ) {
        self.connection = connection
        self.configuration = configuration
        self.options = options
        self.analyses = analyses
        self.former = former
        serverProcess = connection.serverProcess
        settings = SessionSettings(
            serverVersion: connection.serverVersion, usesNetwork: !connection.hostAddress.isEmpty)
    }

    public func history() async throws -> [HistoryEntry] {
        plan = PlanKnowledge()
        var entries: [HistoryEntry] = []
        var isReadable = true
        let failure = try await connection.exchange(Array(table.selectHistory.utf8)) { result in
            guard case .row(let row) = result else { return }
            guard let entry = HistoryEntry(row: row) else {
                isReadable = false
                return
            }
            entries.append(entry)
        }
        if let failure {
            // A missing table is an empty history.
            guard failure.sqlState == SQLState.undefinedTable else { throw explain(failure) }
        }
        guard isReadable else {
            throw PostgresError(
                code: .historyTable,
                message:
                    "\(table) on \(connection.endpoint) has a version that is not a whole number; is it another tool's table? "
                    + "Name ours with --history-table.")
        }
        knownRows = entries.count
        return entries
    }

    public func record(_ migrations: [Migration]) async throws {
        try await makeRoom(for: migrations)
        let keepsCompatibility = try await makeRoomForCompatibility(of: migrations)
        var statements = ["BEGIN", fence]
        statements += migrations.map { table.upsert($0, withCompatibility: keepsCompatibility) }
        // What is recorded as applied is not unfinished any more.
        if try await journalExists() { statements += migrations.map { journal.remove($0.id) } }
        statements.append("COMMIT")
        do {
            try await connection.query(statements.joined(separator: ";\n"))
        } catch let error as PostgresError where error.code == .connectionLost {
            throw PostgresError(code: .outcomeUnknown, message: error.message)
        } catch {
            try? await rollBack()
            throw error
        }
        // Not counted as known rows: some of them may have been there before.
    }

    public func close() async {
        if let identity, await !connection.isConnected { former.insert(identity) }
        await connection.close()
    }

    /// Ends a transaction that failed. Does nothing when none is open; not to be interrupted by a cancellation.
    func rollBack() async throws {
        guard await connection.isConnected, await connection.transactionStatus != .idle else { return }
        let failure = try await connection.exchange(Array("ROLLBACK".utf8), isCancellable: false) { _ in }
        if let failure { throw PostgresConnection.error(for: failure, code: .statementFailed) }
    }

    /// An error of a statement about the history table.
    func explain(_ failure: ServerMessage) -> PostgresError {
        let place = "\(table) on \(connection.endpoint)"
        switch failure.sqlState {
        case SQLState.undefinedColumn:
            return PostgresError(
                code: .historyTable,
                message: """
                    \(place) is not a history table of the expected layout: \(failure.headline)
                    hint: if it belongs to another tool, name another table for ours with --history-table.
                    """,
                serverMessage: failure)
        case SQLState.insufficientPrivilege:
            return PostgresError(
                code: .insufficientPrivilege,
                message: """
                    the history \(place) cannot be used: \(failure.headline)
                    hint: grant SELECT and INSERT on it and USAGE on its schema to this role, or connect as its owner.
                    """,
                serverMessage: failure)
        default: return PostgresConnection.error(for: failure, code: .statementFailed)
        }
    }
}

extension HistoryEntry {
    /// A row of `HistoryTable.selectHistory`.
    fileprivate init?(row: [String?]) {
        guard row.count == 6, let component = row[0], let version = row[1].flatMap({ MigrationVersion($0) }) else {
            return nil
        }
        self.init(
            id: MigrationID(component: Component(component), version: version),
            checksum: Checksum(recorded: row[2] ?? ""), name: row[3],
            // Seconds are enough for people.
            appliedAt: row[4].map { String(Substring($0.utf8.prefix { $0 != UInt8(ascii: ".") })) },
            compatibleWith: row[5])
    }
}
