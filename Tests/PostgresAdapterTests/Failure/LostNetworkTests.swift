// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

@Suite("A network that is lost", .timeLimit(.minutes(15)))
struct LostNetworkTests {
    private static let idle = "keepalives_idle"

    /// Runs a test with a database that is reached through TCP.
    private func withNetwork(
        _ body: @Sendable (TestDatabase, [String: String]) async throws -> Void
    ) async throws {
        let listener = try #require(SilentListener())
        listener.close()
        var options = ThrowawayPostgres.Options()
        options.port = listener.port
        options.settings = ["listen_addresses": "127.0.0.1"]
        options.hbaLines = ["host all all 127.0.0.1/32 trust"]
        try await TestDatabase.withServerOfItsOwn(options) { try await body($0, ["host": "127.0.0.1"]) }
    }

    @Test("The server notices within half a minute, in every script of a run, and so do we")
    func settings() async throws {
        try await withNetwork { database, address in
            let look = """
                CREATE TABLE IF NOT EXISTS seen (text text); INSERT INTO seen SELECT string_agg(setting, ' ' ORDER BY name)
                FROM pg_settings WHERE name ~ '^tcp_(keep|user)'
                """
            let source = ScriptSource([look, "SET tcp_keepalives_idle = 77", look, "\(look); VACUUM seen"])
            let store = PostgresVersionStore(database.configuration(address))
            try await MigrationRunner(source: source, store: store).applyPending()
            let seen = try await database.query("SELECT DISTINCT text FROM seen")
            #expect(seen == ["4 10 5 30000"])
        }
    }

    @Test("What the user says of it counts more than what we think")
    func ownSettings() throws {
        let url = "postgresql://u@h/d?\(Self.idle)=77"
        let configurations = [
            try PostgresConfiguration(url: url), PostgresConfiguration(parameters: [Self.idle: "77", "host": "h"]),
        ]
        for configuration in configurations {
            // libpq takes the last value of a keyword, and those of a URL as if they stood in its place.
            let values = configuration.libpqParameters.compactMap { keyword, value -> String? in
                keyword == Self.idle || value == url ? value : nil
            }
            #expect(values.first == "10")
            #expect(values.count == 2)
        }
    }

    #if os(Linux)
    @Test("A server that takes the data of a COPY slowly is not taken for a network that is lost")
    func slowReader() async throws {
        try await withNetwork { database, address in
            let row = String(repeating: "x", count: 1000) + "\n"
            let script = """
                CREATE TABLE t (text text);
                CREATE SEQUENCE rows;
                CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(3) WHERE nextval('rows') = 1; RETURN new; END $$;
                CREATE TRIGGER wait BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wait();
                COPY t FROM stdin;
                \(String(repeating: row, count: 12_000))\\.
                """
            let short = address.merging(["tcp_user_timeout": "1000"]) { $1 }
            let store = PostgresVersionStore(
                database.configuration(short), options: .init(queueLimit: nil, progressDelay: nil))
            try await MigrationRunner(source: ScriptSource([script]), store: store).applyPending()
            #expect(try await database.query("SELECT count(*) FROM t") == ["12000"])
        }
    }
    #endif
}
