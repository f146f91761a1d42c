// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import ThrowawayPostgres

@Suite("Where the connection comes from", .timeLimit(.minutes(60)))
struct ConnectionSourceTests {
    /// A way to name the database, and the password with it.
    enum Source: String, CaseIterable, Sendable {
        case option, url, postgresVariables, libpqVariables, passwordFile, serviceFile

        /// Arguments and variables that name the database of a stage.
        func settings(_ stage: Stage, role: String, password: String) throws -> ([String], [String: String]) {
            let url = Self.url(stage, role: role, password: password)
            let (host, port) = (stage.server.socketDirectory, String(stage.server.port))
            switch self {
            case .option: return (["--database-url", url], [:])
            case .url: return ([], ["DATABASE_URL": url])
            case .postgresVariables:
                return (
                    [],
                    [
                        "POSTGRES_HOST": host, "POSTGRES_PORT": port, "POSTGRES_DB": stage.database,
                        "POSTGRES_USER": role, "POSTGRES_PASSWORD": password,
                    ]
                )
            case .libpqVariables: return ([], Self.libpq(stage, role: role).merging(["PGPASSWORD": password]) { $1 })
            case .passwordFile:
                try stage.scratch.write("pass", "*:*:*:\(role):\(password)\n")
                try stage.scratch.protect("pass")
                return ([], Self.libpq(stage, role: role).merging(["PGPASSFILE": "\(stage.scratch.path)/pass"]) { $1 })
            case .serviceFile:
                try stage.scratch.write(
                    "services",
                    "[here]\nhost=\(host)\nport=\(port)\nuser=\(role)\ndbname=\(stage.database)\npassword=\(password)\n"
                )
                return ([], ["PGSERVICEFILE": "\(stage.scratch.path)/services", "PGSERVICE": "here"])
            }
        }

        static func url(_ stage: Stage, role: String, password: String) -> String {
            stage.url(user: role).replacing("postgresql:///", with: "postgresql://:\(password)@/")
        }

        private static func libpq(_ stage: Stage, role: String) -> [String: String] {
            [
                "PGHOST": stage.server.socketDirectory, "PGPORT": String(stage.server.port), "PGUSER": role,
                "PGDATABASE": stage.database,
            ]
        }
    }

    @Test("Every source leads to the database, with its password", arguments: Source.allCases)
    func source(_ source: Source) async throws {
        try await Stage.with(on: .guarded) { stage in
            try await stage.withGuardedRole { role, password in
                try stage.write("0001_a.sql", "CREATE TABLE a (id int)")
                let (arguments, environment) = try source.settings(stage, role: role, password: password)
                try await stage.strata(["migrate"] + arguments, environment: environment).expect(0)
                #expect(try await stage.query("SELECT tableowner FROM pg_tables WHERE tablename = 'a'") == role)
            }
        }
    }

    @Test("The option wins over DATABASE_URL, that over POSTGRES_ variables, and those over libpq's")
    func precedence() async throws {
        try await Stage.with(on: .guarded) { stage in
            try stage.write("0001_a.sql", "SELECT 1")
            let server = ["POSTGRES_HOST": stage.server.socketDirectory, "POSTGRES_USER": stage.superuser]
            let wrong = "postgresql:///?host=/nowhere"
            let option = try await stage.strata(
                "migrate", "--database-url", stage.url, environment: ["DATABASE_URL": wrong])
            option.expect(0)
            let variables = server.merging(["POSTGRES_DB": "nowhere", "PGHOST": "/nowhere"]) { $1 }
            try await stage.strata(
                "status", environment: variables.merging(["DATABASE_URL": stage.url]) { $1 }
            ).expect(0)
            try await stage.strata("status", environment: variables).expect(
                2, saying: "database \"nowhere\" does not exist", "from the POSTGRES_ variables")
            let good = variables.merging(["POSTGRES_DB": stage.database, "DATABASE_URL": ""]) { $1 }
            try await stage.strata("status", environment: good).expect(0)
        }
    }

    @Test(
        "A wrong password and no password: 2, and the place to correct",
        arguments: Source.allCases.filter { $0 != .serviceFile })
    func wrongPassword(_ source: Source) async throws {
        try await Stage.with(on: .guarded) { stage in
            try await stage.withGuardedRole { role, password in
                try stage.write("0001_a.sql", "SELECT 1")
                let (arguments, environment) = try source.settings(stage, role: role, password: password + "-not")
                let outcome = try await stage.strata(["migrate", "--json"] + arguments, environment: environment)
                let place =
                    switch source {
                    case .option: "Check the password in --database-url"
                    case .url: "Check the password in DATABASE_URL"
                    case .postgresVariables: "Check POSTGRES_PASSWORD"
                    default: "Check PGPASSWORD, or ~/.pgpass"
                    }
                outcome.expect(2, saying: "password authentication failed for user \"\(role)\"", place)
                #expect(try outcome.document().error?.status == 2)
                #expect(!"\(outcome.output)\(outcome.messages)".contains(password))

                let none = try await stage.strata("migrate", environment: ["DATABASE_URL": stage.url(user: role)])
                none.expect(
                    2,
                    saying:
                        "the server wants a password and none was given. Set the password in DATABASE_URL, or use ~/.pgpass."
                )
            }
        }
    }

    @Test(
        "The password is in no output, no process list, no session of the server and not in its log",
        arguments: Source.allCases.filter { $0 != .option })
    func secrecy(_ source: Source) async throws {
        try await Stage.with(on: .guarded) { stage in
            try await stage.withGuardedRole { role, password in
                try await stage.preparePause()
                _ = try await stage.query("GRANT ALL ON pause TO \(role)")
                try stage.write(["0001_slow.sql": Stage.pause, "0002_bad.sql": "SELECT 1;\nSELECT nothing;"])
                let (arguments, environment) = try source.settings(stage, role: role, password: password)
                var seen = ""
                let killed = try await stage.strata(["migrate"] + arguments, environment: environment) { run in
                    try await stage.waitUntilServerSleeps(in: "pg_sleep")
                    seen += try await Program.system("ps").run(["-A", "-ww", "-o", "args="], in: stage.scratch).output
                    let activity = try await stage.query(
                        "SELECT pg_stat_activity::text FROM pg_stat_activity WHERE usename = '\(role)'")
                    #expect(activity.contains(",strata,"))
                    seen += activity
                    let waiting = try await stage.strata(
                        ["status", "--json"] + arguments, environment: environment)
                    seen += "\(waiting)"
                    let locked = try await stage.strata(
                        ["migrate", "--lock-wait", "1ms"] + arguments, environment: environment)
                    locked.expect(5)
                    seen += "\(locked)"
                    run.interrupt()
                }
                killed.expect(130)
                seen += "\(killed)"
                try await stage.hurry()
                for mode in [[], ["--json"]] {
                    let failed = try await stage.strata(["migrate"] + mode + arguments, environment: environment)
                    failed.expect(1)
                    seen += "\(failed)"
                }
                seen += try stage.log()
                #expect(seen.contains("strata migrate"))
                #expect(seen.contains(role))
                #expect(!seen.contains(password))
            }
        }
    }

    @Test("A password in --database-url is in no output either")
    func secrecyOfOption() async throws {
        try await Stage.with(on: .guarded) { stage in
            try await stage.withGuardedRole { role, password in
                try stage.write("0001_bad.sql", "SELECT nothing;")
                let url = Source.url(stage, role: role, password: password)
                for address in [
                    url, url.replacing("port=", with: "port=1"), url.replacing("host=", with: "hosd="), url + "%",
                ] {
                    for command in [
                        ["migrate"], ["migrate", "--json"], ["status"], ["fake", "9"], ["migrate", "--nope"],
                    ] {
                        let outcome = try await stage.strata(command + ["--database-url", address], environment: [:])
                        #expect(!"\(outcome.output)\(outcome.messages)".contains(password))
                    }
                }
            }
        }
    }
}
