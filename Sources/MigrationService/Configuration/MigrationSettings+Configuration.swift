// SPDX-License-Identifier: Apache-2.0

#if Configuration
public import Configuration
internal import MigrationCore

extension MigrationSettings {
    /// Reads settings from a configuration.
    ///
    /// | key | environment variable | |
    /// |---|---|---|
    /// | `runDbMigrationsOnStart` | `RUN_DB_MIGRATIONS_ON_START` | a yes or a no, as `StartupPolicy` accepts it |
    /// | `requireLatestSchema` | `REQUIRE_LATEST_SCHEMA` | the same |
    /// | `migrations.path` | `MIGRATIONS_PATH` | the folder; `migrations` by default |
    /// | `migrations.lockWaitSeconds` | `MIGRATIONS_LOCK_WAIT_SECONDS` | how long to wait for another run; 300 |
    /// | `migrations.newerBuildSeconds` | `MIGRATIONS_NEWER_BUILD_SECONDS` | the interval of looks at a database that needs a newer build; 30 |
    /// | `migrations.includesSeed` | `MIGRATIONS_INCLUDES_SEED` | apply seed data as well |
    /// | `migrations.allowsOutOfOrder` | `MIGRATIONS_ALLOWS_OUT_OF_ORDER` | let older pending migrations run |
    /// | `migrations.singleTransaction` | `MIGRATIONS_SINGLE_TRANSACTION` | one transaction for all |
    ///
    /// What is not set is as in ``init(policy:options:path:newerBuild:)``.
    ///
    /// - Throws: `StartupPolicy.InvalidVariable` for a value that is neither a yes nor a no; what the configuration throws for a value
    ///   that is no number; ``InvalidSeconds`` for a number that is no time.
    public init(_ configuration: ConfigReader) async throws {
        self.init()
        try await policy = StartupPolicy(
            environment: [
                StartupPolicy.runVariable: Self.word("runDbMigrationsOnStart", in: configuration),
                StartupPolicy.requireVariable: Self.word("requireLatestSchema", in: configuration),
            ])
        let own = configuration.scoped(to: "migrations")
        path = try await own.fetchString(forKey: "path", default: path)
        if let wait = try await Self.seconds("lockWaitSeconds", in: own) { options.lockWait = wait }
        if let interval = try await Self.seconds("newerBuildSeconds", in: own) {
            newerBuild = .lookAgain(every: interval)
        }
        options.plan.includesSeed = try await own.fetchBool(forKey: "includesSeed", default: false)
        options.plan.allowsOutOfOrder = try await own.fetchBool(forKey: "allowsOutOfOrder", default: false)
        options.singleTransaction = try await own.fetchBool(forKey: "singleTransaction", default: false)
    }

    /// A yes or a no as a word: providers of files have booleans, others have text.
    private static func word(_ key: ConfigKey, in configuration: ConfigReader) async throws -> String {
        do {
            return try await configuration.fetchString(forKey: key, default: "")
        } catch {
            return try await configuration.fetchBool(forKey: key, default: false) ? "true" : "false"
        }
    }

    private static func seconds(_ key: ConfigKey, in configuration: ConfigReader) async throws -> Duration? {
        guard let number = try await configuration.fetchDouble(forKey: key) else { return nil }
        // A year is more than anybody waits, and far less than what a duration cannot hold.
        guard number >= 0, number <= 365 * 86_400 else { throw InvalidSeconds(key: "migrations.\(key)", value: number) }
        return .seconds(number)
    }

    /// A number of seconds that is negative or beyond a year.
    public struct InvalidSeconds: Error, Hashable, CustomStringConvertible {
        /// The key.
        public var key: String
        /// The number.
        public var value: Double

        public var description: String { "\(key) is \(value): not a number of seconds from 0 to a year." }
    }
}
#endif
