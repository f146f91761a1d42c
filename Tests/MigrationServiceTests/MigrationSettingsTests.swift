// SPDX-License-Identifier: Apache-2.0

#if Configuration
import Configuration
import MigrationCore
import MigrationService
import Testing

@Suite("MigrationSettings from a configuration")
struct MigrationSettingsTests {
    private func settings(environment: [String: String]) async throws -> MigrationSettings {
        try await MigrationSettings(
            ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)))
    }

    @Test func `what nobody set is as it is by default`() async throws {
        #expect(try await settings(environment: [:]) == MigrationSettings())
    }

    @Test func `the variables have the names that they have without a configuration`() async throws {
        let settings = try await settings(
            environment: [
                "RUN_DB_MIGRATIONS_ON_START": "on", "REQUIRE_LATEST_SCHEMA": "1", "MIGRATIONS_PATH": "sql",
                "MIGRATIONS_LOCK_WAIT_SECONDS": "2.5", "MIGRATIONS_NEWER_BUILD_SECONDS": "5",
                "MIGRATIONS_INCLUDES_SEED": "true", "MIGRATIONS_ALLOWS_OUT_OF_ORDER": "true",
                "MIGRATIONS_SINGLE_TRANSACTION": "true",
            ])
        #expect(
            settings
                == MigrationSettings(
                    policy: StartupPolicy(appliesMigrations: true, requiresLatestSchema: true),
                    options: RunOptions(
                        plan: PlanOptions(includesSeed: true, allowsOutOfOrder: true), singleTransaction: true,
                        lockWait: .seconds(2.5)),
                    path: "sql", newerBuild: .lookAgain(every: .seconds(5))))
    }

    @Test func `a file's booleans and numbers are understood`() async throws {
        let provider = InMemoryProvider(values: [
            "runDbMigrationsOnStart": true, "requireLatestSchema": "no", "migrations.lockWaitSeconds": 9.0,
        ])
        let settings = try await MigrationSettings(ConfigReader(provider: provider))
        #expect(settings.policy == StartupPolicy(appliesMigrations: true))
        #expect(settings.options.lockWait == .seconds(9))
    }

    @Test func `a word that is neither a yes nor a no is refused, by the variable's name`() async {
        let error = await #expect(throws: StartupPolicy.InvalidVariable.self) {
            try await settings(environment: ["RUN_DB_MIGRATIONS_ON_START": "maybe"])
        }
        #expect(error?.name == "RUN_DB_MIGRATIONS_ON_START")
    }

    @Test func `a value that is no word at all is refused`() async {
        let provider = InMemoryProvider(values: [
            "runDbMigrationsOnStart": ConfigValue(.stringArray(["true"]), isSecret: false)
        ])
        await #expect(throws: (any Error).self) { try await MigrationSettings(ConfigReader(provider: provider)) }
    }

    @Test(arguments: ["soon", "-1", "inf", "nan", "1e300"])
    func `a time that is none is refused`(text: String) async {
        await #expect(throws: (any Error).self) {
            try await settings(environment: ["MIGRATIONS_LOCK_WAIT_SECONDS": text])
        }
    }
}
#endif
