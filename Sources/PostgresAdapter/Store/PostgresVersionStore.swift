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
        /// How long a statement of a script may wait for a lock on an object of the database; `nil`: as the server says.
        public var lockTimeout: Duration?
        /// How long a statement of a script may run; `nil`: as the server says.
        public var statementTimeout: Duration?

        /// Makes options.
        public init(
            historyTable: HistoryTable = .standard, lockTimeout: Duration? = nil, statementTimeout: Duration? = nil
        ) {
            self.historyTable = historyTable
            self.lockTimeout = lockTimeout
            self.statementTimeout = statementTimeout
        }
    }

    let configuration: PostgresConfiguration
    let options: Options

    /// Makes a store. Nothing is connected until a session is opened.
    public init(_ configuration: PostgresConfiguration, options: Options = Options()) {
        self.configuration = configuration
        self.options = options
    }

    public func openSession() async throws -> PostgresSession {
        PostgresSession(connection: try await PostgresConnection.open(configuration), options: options)
    }

    public func executionMode(of migration: Migration, script: MigrationScript) throws -> ExecutionMode {
        try Self.executionMode(of: migration, script: script)
    }

    /// How a script would be executed; needs no store, for checking files alone.
    ///
    /// - Throws: ``PostgresError/Code/invalidScript`` with file, line and column.
    public static func executionMode(
        of migration: Migration, script: MigrationScript
    ) throws(PostgresError) -> ExecutionMode {
        do {
            return try ScriptAnalysis(bytes: script.bytes).executionMode(migration.directives)
        } catch {
            throw error.error(path: migration.path, bytes: script.bytes)
        }
    }
}
