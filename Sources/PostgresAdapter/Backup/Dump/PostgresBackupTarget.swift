// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Saves a PostgreSQL database with `pg_dump`, together with what proves it.
///
/// One snapshot is exported by a session of ours, and everything is read in it: the dump, the history, and with
/// ``Options/digest`` how many rows each table has and a digest of them. So they agree, whoever writes meanwhile.
public struct PostgresBackupTarget: BackupTarget {
    /// How the dump is compressed.
    public enum Compression: Hashable, Sendable {
        /// The cheapest that the installed `pg_restore` reads by itself: zstd where `pg_dump` has it built in, else zlib at level 1.
        case automatic
        /// zlib, at a level from 1 to 9.
        case zlib(level: Int)
        /// By the system's program `zstd`, at a level from 1 to 19, into a file that ends with `.dump.zst`: less time and less room than
        /// zlib, also where `pg_dump` cannot do it. `zstd -dc` and `pg_restore` read it. Not for more than one job.
        case zstd(level: Int = 3)
        /// Not at all: for file systems that compress, and for deduplication.
        case none
    }

    /// Settings of a target.
    public struct Options: Sendable {
        /// The folder of PostgreSQL's programs; `nil`: the one that fits the server is looked for.
        public var programs: String?
        /// How long `pg_dump` waits for a table that somebody holds; `nil`: for ever.
        public var lockWaitTimeout: Duration?
        /// Whether rows are counted and a digest of each table is taken. It reads the database once more.
        public var digest: Bool
        /// How many tables are dumped at once. More than one makes a folder instead of a file.
        public var jobs: Int
        /// How the dump is compressed.
        public var compression: Compression
        /// Whether roles and tablespaces, which belong to the server and not to the database, are saved too.
        public var globals: Bool
        /// Whether the passwords of roles, as the server stores them, are saved; superusers only.
        public var rolePasswords: Bool
        /// The table that keeps the history.
        public var historyTable: HistoryTable
        /// More variables for the programs: `HOME`, `KRB5CCNAME`.
        public var environment: [String: String]

        /// Makes options.
        public init(
            programs: String? = nil, lockWaitTimeout: Duration? = .seconds(60), digest: Bool = false, jobs: Int = 1,
            compression: Compression = .automatic, globals: Bool = true, rolePasswords: Bool = true,
            historyTable: HistoryTable = .standard, environment: [String: String] = [:]
        ) {
            self.programs = programs
            self.lockWaitTimeout = lockWaitTimeout
            self.digest = digest
            self.jobs = jobs
            self.compression = compression
            self.globals = globals
            self.rolePasswords = rolePasswords
            self.historyTable = historyTable
            self.environment = environment
        }
    }

    public var store: StoreName { .postgres }
    public let address: String

    let configuration: PostgresConfiguration
    let launcher: any ProcessLauncher
    let options: Options

    /// Makes a target. Nothing is connected until it is saved.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - launcher: Starts `pg_dump` and `pg_dumpall`.
    ///   - options: Its settings.
    public init(
        _ configuration: PostgresConfiguration, launcher: any ProcessLauncher, options: Options = Options()
    ) {
        self.configuration = configuration
        self.launcher = launcher
        self.options = options
        address = configuration.address
    }

    public func backUp(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> StoreSnapshot {
        try requirePrograms()
        let connection = try await PostgresBackupError.telling("saving PostgreSQL") {
            try await PostgresConnection.open(configuration)
        }
        do {
            let snapshot = try await PostgresBackupError.telling("saving PostgreSQL at \(connection.endpoint)") {
                try await DumpRun(target: self, connection: connection, destination: destination, observe: observe)
                    .perform()
            }
            await connection.close()
            return snapshot
        } catch {
            await connection.close()
            throw error
        }
    }

    /// What is missing is told before the database is bothered.
    private func requirePrograms() throws {
        guard case .zstd = options.compression else { return }
        guard options.jobs <= 1 else {
            throw PostgresBackupError(
                .configuration,
                """
                zstd compresses one stream, and \(options.jobs) jobs write many: choose one job, or another compression (automatic \
                uses the zstd that is built into pg_dump, where it is).
                """)
        }
        _ = try Zstandard.find(launcher, to: "write a dump that ends with .dump\(Zstandard.suffix)")
    }
}
