// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite struct StartupPolicyTests {
    private static let words: [(String?, Bool)] = [
        ("true", true), ("1", true), ("yes", true), ("on", true), ("TRUE", true), ("Yes", true), ("oN", true),
        ("false", false), ("0", false), ("no", false), ("off", false), ("FALSE", false), ("Off", false), ("", false),
        (nil, false),
    ]

    @Test(arguments: words)
    func `words switch on and off`(word: String?, isOn: Bool) throws {
        #expect(
            try StartupPolicy(environment: environment("RUN_DB_MIGRATIONS_ON_START", word))
                == StartupPolicy(appliesMigrations: isOn))
        #expect(
            try StartupPolicy(environment: environment("REQUIRE_LATEST_SCHEMA", word))
                == StartupPolicy(requiresLatestSchema: isOn))
    }

    @Test(
        arguments: ["RUN_DB_MIGRATIONS_ON_START", "REQUIRE_LATEST_SCHEMA"],
        ["2", "ja", "y", "enabled", " true", "\"1\""])
    func `any other word is an error that names the variable and the accepted words`(name: String, word: String) {
        let error = #expect(throws: StartupPolicy.InvalidVariable.self) {
            try StartupPolicy(environment: environment(name, word))
        }
        let expected = """
            \(name) is "\(word)", which is neither a yes nor a no. Accepted are true, 1, yes, on and false, 0, no, off.
            """
        #expect(error?.name == name)
        #expect(error?.value == word)
        #expect(error?.description == expected)
    }

    @Test func `other variables do not matter`() throws {
        #expect(try StartupPolicy(environment: ["run_db_migrations_on_start": "nonsense"]) == StartupPolicy())
    }

    private func environment(_ name: String, _ value: String?) -> [String: String] {
        value.map { [name: $0] } ?? [:]
    }
}
