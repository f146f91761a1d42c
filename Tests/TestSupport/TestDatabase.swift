// SPDX-License-Identifier: Apache-2.0

package import PostgresAdapter
internal import Synchronization
package import ThrowawayPostgres

/// A database of its own for one test.
package struct TestDatabase: Sendable {
    /// The database that all others are copies of.
    static let template = "strata_template"

    /// Tests that share a limit on how many databases they have at once.
    package struct Crowd: Sendable {
        private let gate: Gate

        private init(limit: Int) { gate = Gate(limit: limit) }

        /// Whether the test that runs has been let in. Who waited in line once more would keep his place meanwhile, and all could do so.
        @TaskLocal private static var isInside = false

        /// Runs the body when there is room; for tests that make their databases themselves.
        package func pass<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
            if Self.isInside { return try await body() }
            return try await gate.pass { try await Self.$isInside.withValue(true) { try await body() } }
        }

        /// Ordinary tests, which need a database for a moment: a server has 100 connections, a machine few cores.
        package static let usual = Crowd(limit: 6)
        /// Tests that keep a database for long. In one line with the others they would make all of them wait.
        package static let lasting = Crowd(limit: 4)
    }

    private static let count = Mutex(0)

    /// The server that it is on.
    package let server: ThrowawayPostgres
    /// Its name.
    package let name: String

    /// A database that is there already.
    package init(server: ThrowawayPostgres, name: String) {
        self.server = server
        self.name = name
    }

    /// Runs a test with a new database, and drops that afterwards, whatever happens and whoever is still connected to it.
    package static func with<Result: Sendable>(
        on testServer: TestServer = .main, among crowd: Crowd = .usual,
        _ body: @Sendable (TestDatabase) async throws -> Result
    ) async throws -> Result {
        try await crowd.pass {
            let database = try await make(on: testServer)
            do {
                let result = try await body(database)
                try await database.drop()
                return result
            } catch {
                try? await database.drop()
                throw error
            }
        }
    }

    /// Makes a database that stays until ``drop()``, for tests that cannot be a body.
    package static func make(on testServer: TestServer = .main) async throws -> TestDatabase {
        let server = try await testServer.running()
        let database = TestDatabase(server: server, name: "test_\(count.withLock { $0 += 1; return $0 })")
        try await execute("CREATE DATABASE \(database.name) TEMPLATE \(template)", on: server)
        return database
    }

    static func makeTemplate(on server: ThrowawayPostgres) async throws {
        try await execute("CREATE DATABASE \(template)", on: server)
    }

    /// Drops it, as soon as nobody is connected any more. The server itself waits for those who have gone, but five seconds only.
    ///
    /// - Parameter isForced: Whether those who are still connected are sent away.
    package func drop(isForced: Bool = true) async throws {
        let doubled = name.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
        let sql = "DROP DATABASE \"\(String(decoding: doubled, as: UTF8.self))\"\(isForced ? " WITH (FORCE)" : "")"
        let isDropped = try await eventually {
            do {
                try await Self.execute(sql, on: server)
                return true
            } catch let error as PostgresError where error.serverMessage?.sqlState == "55006" {
                return false
            }
        }
        if !isDropped { try await Self.execute(sql, on: server) }
    }

    /// Executes one statement in the server's own database.
    package static func execute(_ sql: String, on server: ThrowawayPostgres) async throws {
        let connection = try await PostgresConnection.open(.patient(server.connectionParameters()))
        defer { Task { await connection.close() } }
        try await connection.query(sql)
    }

    /// How to connect to it.
    ///
    /// - Parameters:
    ///   - user: The role's name; the superuser without one.
    ///   - parameters: More of libpq's parameters, such as `password`.
    package func configuration(user: String? = nil, _ parameters: [String: String] = [:]) -> PostgresConfiguration {
        let own = server.connectionParameters(database: name, user: user)
        return .patient(own.merging(parameters) { $1 })
    }

    /// A connection, for as long as the body runs.
    package func withConnection<Result: Sendable>(
        user: String? = nil, _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await PostgresConnection.open(configuration(user: user))
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    /// The rows of a query, each with `|` between its columns, asked over a connection of its own.
    @discardableResult
    package func query(_ sql: String, user: String? = nil) async throws -> [String] {
        let rows = try await withConnection(user: user) { try await $0.query(sql) }
        return rows.map { row in row.map { $0 ?? "null" }.joined(separator: "|") }
    }
}

extension TestDatabase {
    /// Runs a test with a server that nobody else uses, and one database on it.
    ///
    /// - Parameter options: How it is made, whatever they say of its patience.
    package static func withServerOfItsOwn<Result: Sendable>(
        _ options: ThrowawayPostgres.Options = .forTests,
        _ body: @Sendable (TestDatabase) async throws -> Result
    ) async throws -> Result {
        var patient = options
        patient.startTimeout = ThrowawayPostgres.Options.forTests.startTimeout
        return try await Crowd.usual.pass { [patient] in
            try await ThrowawayPostgres.withServer(patient) { server in
                try await makeTemplate(on: server)
                return try await body(TestDatabase(server: server, name: template))
            }
        }
    }
}
