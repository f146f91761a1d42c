// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

@Suite("A connection that cannot be made")
struct ConnectionFailureTests {
    /// The error of connecting, with the socket's folder as `SOCKET`.
    private func failure(_ configuration: PostgresConfiguration, socket: String? = nil) async throws -> String {
        do {
            let connection = try await PostgresConnection.open(configuration)
            await connection.close()
            return "connected"
        } catch let error as PostgresError {
            #expect(error.category == .unavailable)
            #expect(error.code == .connectionFailed)
            return socket.map { error.description.replacing($0, with: "SOCKET") } ?? error.description
        }
    }

    private func failure(user: String, password: String? = nil, database: String = "postgres") async throws -> String {
        let server = try await TestServer.passwords.running()
        try await TestDatabase.execute(
            """
            DO $$ BEGIN
                PERFORM pg_advisory_xact_lock(1);
                IF to_regrole('locked') IS NULL THEN
                    CREATE ROLE locked LOGIN PASSWORD 'r1ght';
                    CREATE ROLE unwelcome LOGIN;
                END IF;
            END $$
            """, on: server)
        var parameters = server.connectionParameters(database: database, user: user)
        parameters["password"] = password
        parameters["passfile"] = "/nowhere"
        return try await failure(PostgresConfiguration(parameters: parameters), socket: server.folder)
    }

    @Test("A right password connects")
    func right() async throws {
        #expect(try await failure(user: "locked", password: "r1ght") == "connected")
    }

    @Test("A wrong password is told without the password, and where to correct it")
    func wrongPassword() async throws {
        #expect(
            try await failure(user: "locked", password: "wr0ng") == """
                cannot connect to PostgreSQL at socket SOCKET, port 5432, database postgres, user locked (from connection \
                parameters): password authentication failed for user "locked"
                hint: the server refused user or password. Check the password parameter, or ~/.pgpass.
                """)
    }

    @Test("A role that does not exist looks like a wrong password, as the server wants it")
    func unknownUser() async throws {
        let text = try await failure(user: "unknown", password: "wr0ng")
        #expect(text.contains(#": password authentication failed for user "unknown""#))
        #expect(!text.contains("wr0ng"))
    }

    @Test("A password that is wanted and not given is asked for")
    func noPassword() async throws {
        #expect(
            try await failure(user: "locked") == """
                cannot connect to PostgreSQL at socket SOCKET, port 5432, database postgres, user locked (from connection \
                parameters): fe_sendauth: no password supplied
                hint: the server wants a password and none was given. Set the password parameter, or use ~/.pgpass.
                """)
    }

    @Test("A user whom pg_hba.conf keeps out is told so")
    func unwelcome() async throws {
        let text = try await failure(user: "unwelcome")
        #expect(text.contains("pg_hba.conf rejects connection for host"))
        #expect(text.hasSuffix("hint: the server does not let this user connect from here: see its pg_hba.conf."))
    }

    @Test("Unknown names of database and user are told", arguments: [("postgres", "nowhere"), ("nobody", "postgres")])
    func unknownNames(user: String, database: String) async throws {
        let text = try await failure(user: user, database: database)
        let unknown = user == "nobody" ? #"role "nobody" does not exist"# : #"database "nowhere" does not exist"#
        #expect(text.contains("database \(database), user \(user) (from connection parameters): \(unknown)\n"))
        #expect(text.hasSuffix("hint: check the names of database and user; they came from connection parameters."))
    }

    @Test("A socket without a server is told with its path")
    func noSocket() async throws {
        let configuration = try PostgresConfiguration(
            url: "postgresql://u:s3cret@/d?host=%2Fnowhere", foundIn: "DATABASE_URL")
        #expect(
            try await failure(configuration) == """
                cannot connect to PostgreSQL at socket /nowhere, port 5432, database d, user u (from DATABASE_URL): \
                No such file or directory
                hint: is the server running? And is the address right? It came from DATABASE_URL.
                """)
    }

    @Test("A port on which nobody listens is told with host and port")
    func closedPort() async throws {
        let listener = try #require(SilentListener())
        listener.close()
        let configuration = try PostgresConfiguration(environment: [
            "POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": "\(listener.port)", "POSTGRES_DB": "d", "POSTGRES_USER": "u",
            "POSTGRES_PASSWORD": "s3cret",
        ])
        #expect(
            try await failure(configuration) == """
                cannot connect to PostgreSQL at 127.0.0.1:\(listener.port), database d, user u (from the POSTGRES_ variables): \
                Connection refused
                hint: is the server running? And is the address right? It came from the POSTGRES_ variables.
                """)
    }

    @Test("With several hosts the last one's reason is told")
    func severalHosts() async throws {
        let listener = try #require(SilentListener())
        listener.close()
        let configuration = PostgresConfiguration(parameters: [
            "host": "/nowhere,127.0.0.1", "port": "5432,\(listener.port)",
        ])
        #expect(try await failure(configuration).contains(": Connection refused\nhint:"))
    }

    @Test(
        "A setting that libpq does not accept is named",
        arguments: [("bogus", "1"), ("port", "x"), ("sslmode", "s0metimes")])
    func badSetting(keyword: String, value: String) async throws {
        let configuration = PostgresConfiguration(parameters: ["host": "/nowhere", "user": "u", keyword: value])
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.open(configuration) }
        #expect(error?.category == .unavailable)
        #expect(error?.description.contains(keyword) == true)
    }

    @Test("A server that accepts and never answers is given up after the time that is allowed")
    func silent() async throws {
        let listener = try #require(SilentListener())
        defer { listener.close() }
        var configuration = PostgresConfiguration(parameters: [
            "host": "127.0.0.1", "port": "\(listener.port)", "dbname": "d", "user": "u",
        ])
        configuration.connectTimeout = .milliseconds(200)
        #expect(try await failure(configuration).contains(": no answer within 0.2 seconds\n"))
    }

    @Test("A run that cannot connect says so once, and that is its code")
    func run() async throws {
        let store = PostgresVersionStore(PostgresConfiguration(parameters: ["host": "/nowhere", "user": "u"]))
        let error = await #expect(throws: MigrationError.self) {
            try await MigrationRunner(source: ["0001_a.sql": ""] as ScriptSource, store: store).applyPending()
        }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.description.split(separator: "\n").count == 2)
    }
}
