// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// A PostgreSQL database whose schema is migrated.
///
/// ```swift
/// let store = PostgresVersionStore(try PostgresConfiguration(environment: environment))
/// try await MigrationRunner(source: DirectorySource("migrations"), store: store).applyPending()
/// ```
public struct PostgresVersionStore: VersionStore {
    /// Settings of a store.
    public struct Options: Hashable, Sendable {
        /// The table that keeps the history.
        public var historyTable: HistoryTable
        /// How long a statement in a transaction of a script may wait for a lock on an object of the database; `nil`: as the server
        /// says. The directive of a file comes first, and holds for statements outside of transactions, too.
        public var lockTimeout: Duration?
        /// How long a statement of a script may run; `nil`: as the server says.
        public var statementTimeout: Duration?
        /// For how long a transaction that had to give way to other sessions is tried again.
        ///
        /// It gives way when a lock is not free in time, in a deadlock, and as ``queueLimit`` says.
        public var retryTime: Duration
        /// How many sessions may wait for a transaction of a script before it gives way; `nil`: any number.
        ///
        /// Watched over a second connection, which is made when the server has been busy for half a second. When it cannot be made,
        /// nothing is watched.
        public var queueLimit: QueueLimit?
        /// How long the server has to be busy with a script before its progress is read and told; `nil`: never.
        ///
        /// It is read over a second connection, which is made then and ends with what the server was busy with. When it cannot be
        /// made, nothing is told, and the run goes on as it would have.
        public var progressDelay: Duration?

        /// Makes options.
        public init(
            historyTable: HistoryTable = .standard, lockTimeout: Duration? = .seconds(5),
            statementTimeout: Duration? = nil, retryTime: Duration = .seconds(60),
            queueLimit: QueueLimit? = QueueLimit(), progressDelay: Duration? = .milliseconds(500)
        ) {
            self.historyTable = historyTable
            self.lockTimeout = lockTimeout
            self.statementTimeout = statementTimeout
            self.retryTime = retryTime
            self.queueLimit = queueLimit
            self.progressDelay = progressDelay
        }
    }

    let configuration: PostgresConfiguration
    let options: Options
    private let strings = StringReading()
    private let analyses = ScriptAnalyses()
    private let former = FormerSessions()

    /// Makes a store. Nothing is connected until a session is opened.
    public init(_ configuration: PostgresConfiguration, options: Options = Options()) {
        self.configuration = configuration
        self.options = options
    }

    public func openSession() async throws -> PostgresSession {
        try await openSession(configuration)
    }

    private func openSession(_ opening: PostgresConfiguration) async throws -> PostgresSession {
        let connection = try await PostgresConnection.open(opening)
        strings.isConforming = await connection.parameter("standard_conforming_strings") != "off"
        return PostgresSession(
            connection: connection, configuration: configuration, options: options, analyses: analyses, former: former)
    }

    /// Tries again while the server restarts, or another one takes its place. A standby is not believed: it may not have yet what
    /// the primary had.
    public func reopenSession(within limit: Duration) async throws -> PostgresSession {
        let deadline = ContinuousClock.now + limit
        var pause = Duration.milliseconds(100)
        var opening = configuration
        opening.triesAgain = false
        while true {
            opening.connectTimeout = min(configuration.connectTimeout, max(deadline - .now, .seconds(1)))
            do {
                let session = try await openSession(opening)
                do {
                    try await session.requirePrimary()
                    return session
                } catch {
                    await session.close()
                    throw error
                }
            } catch let error as PostgresError
                where [.connectionFailed, .connectionLost, .readOnly].contains(error.code)
            {
                guard ContinuousClock.now + pause < deadline else { throw error }
                try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, .seconds(2))
            }
        }
    }

    public func executionMode(of migration: Migration, script: MigrationScript) throws -> ExecutionMode {
        try analyses.prepare(migration, script, standardConformingStrings: strings.isConforming)
            .analysis.executionMode(migration.directives)
    }

    /// How a script would be executed; needs no store, for checking files alone.
    ///
    /// - Parameters:
    ///   - migration: The migration.
    ///   - script: Its script.
    ///   - standardConformingStrings: Whether a backslash in `'…'` is an ordinary character on the server.
    /// - Throws: ``PostgresError/Code/invalidScript`` with file, line and column; what the script's storage throws.
    public static func executionMode(
        of migration: Migration, script: MigrationScript, standardConformingStrings: Bool = true
    ) throws -> ExecutionMode {
        var modes = ScriptModes(standardConformingStrings: standardConformingStrings)
        return try modes.executionMode(of: migration, script: script)
    }
}
