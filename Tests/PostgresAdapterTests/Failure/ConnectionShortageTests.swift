// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

@Suite("A server without a free connection", .timeLimit(.minutes(15)))
struct ConnectionShortageTests {
    private let source: ScriptSource = ["0001_a.sql": "CREATE TABLE a ()"]

    private func store(_ database: TestDatabase, user: String?, patience: Duration) -> PostgresVersionStore {
        var configuration = database.configuration(user: user)
        configuration.connectTimeout = patience
        return PostgresVersionStore(configuration)
    }

    private func failure(_ store: PostgresVersionStore) async throws -> MigrationError {
        try #require(await MigrationRunner(source: source, store: store).failure())
    }

    /// How often the server refused somebody for that reason.
    private func refusals(_ database: TestDatabase, _ reason: String) throws -> Int {
        try database.server.log().split(separator: "\n").count { $0.contains("FATAL: ") && $0.contains(reason) }
    }

    @Test("It is asked again, and a run that gets no connection in its time says what to do", arguments: [true, false])
    func told(isReserved: Bool) async throws {
        var options = ThrowawayPostgres.Options()
        options.settings = ["max_connections": "6", "superuser_reserved_connections": "2"]
        try await TestDatabase.withServerOfItsOwn(options) { database in
            try await database.query("CREATE ROLE app LOGIN; GRANT ALL ON SCHEMA public TO app")
            let user = isReserved ? "app" : nil
            var held: [PostgresConnection] = []
            for _ in 0..<(isReserved ? 4 : 6) {
                held.append(try await PostgresConnection.open(database.configuration(user: user)))
            }
            let reason = isReserved ? "remaining connection slots are reserved" : "sorry, too many clients already"
            let error = try await failure(store(database, user: user, patience: .milliseconds(500)))
            #expect(error.code == .storeUnavailable)
            #expect((error.underlying as? PostgresError)?.serverMessage?.sqlState == "53300")
            #expect(error.description.contains("(from connection parameters): \(reason)"), "\(error)")
            #expect(
                error.description.hasSuffix(
                    """

                    hint: no connection was free while we tried, and a run needs one: close some, or raise max_connections, or \
                    the limit of this role or database.
                    """))
            #expect(!error.description.contains("LOCATION"))
            let before = try refusals(database, reason)
            #expect(before >= 1)
            // It is asked again and again, and as soon as there is one the run goes on.
            let patient = store(database, user: user, patience: .seconds(300))
            let run = Task { [source] in try await MigrationRunner(source: source, store: patient).applyPending() }
            #expect(try await eventually { try refusals(database, reason) > before + 1 })
            for connection in held { await connection.close() }
            #expect(try await run.value.applied.count == 1)
        }
    }

    @Test("The limit of a role counts as well; a run that is cancelled meanwhile ends at once")
    func cancelled() async throws {
        try await TestDatabase.with { database in
            let role = "crowded_\(database.name)"
            try await database.query("CREATE ROLE \(role) LOGIN CONNECTION LIMIT 0")
            let reason = "too many connections for role \"\(role)\""
            let patient = store(database, user: role, patience: .seconds(600))
            let run = Task { try await failure(patient) }
            #expect(try await eventually { try refusals(database, reason) > 1 })
            run.cancel()
            #expect(try await run.value.code == .cancelled)
            try await database.query("DROP ROLE \(role)")
        }
    }

    @Test(
        "What may soon pass is told by its SQLSTATE, in whatever language the server speaks",
        arguments: [
            ("FATAL:  57P03: the database system is starting up", true),
            ("FATAL:  57P03: das Datenbanksystem startet", true),
            ("FATAL:  53300: tut mir leid, schon zu viele Verbindungen", true),
            ("FATAL:  28P01: Passwort-Authentifizierung für Benutzer »u« fehlgeschlagen", false),
            ("Connection refused", false), ("FATAL:  the database system is starting up", false),
        ])
    func languages(reason: String, maySoonPass: Bool) {
        let failure = ConnectionFailure(
            endpoint: PostgresEndpoint(host: "h", port: "5432", database: "d", user: "u"), origin: .parameters,
            reason: "connection to server at \"h\", port 5432 failed: \(reason)\nLOCATION:  f, postmaster.c:1\n",
            needsPassword: false)
        #expect(failure.maySoonPass == maySoonPass)
        #expect(!failure.error.description.contains("LOCATION"))
        #expect(!failure.error.description.contains("57P03"))
    }
}
