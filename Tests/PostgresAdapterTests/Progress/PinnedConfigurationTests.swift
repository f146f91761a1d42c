// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

@Suite("PostgresConfiguration of a second connection")
struct PinnedConfigurationTests {
    /// What libpq makes of parameters of which several have one keyword.
    private func last(_ keyword: String, in configuration: PostgresConfiguration) -> String? {
        configuration.libpqParameters.last { $0.keyword == keyword }?.value
    }

    @Test("Through a network it leads to the address that the first one found, out of several hosts and names")
    func network() async throws {
        var options = ThrowawayPostgres.Options()
        let listener = try #require(SilentListener())
        listener.close()
        options.port = listener.port
        options.settings["listen_addresses"] = "127.0.0.1"
        options.hbaLines = ["host all all 127.0.0.1/32 trust"]
        try await ThrowawayPostgres.withServer(options) { server in
            let port = listener.port
            let configuration = try PostgresConfiguration(
                url: "postgresql://\(server.superuser)@/postgres?host=/nowhere,localhost&port=\(port),\(port)")
            let first = try await PostgresConnection.open(configuration)
            #expect(first.hostAddress == "127.0.0.1")
            let pinned = configuration.pinned(to: first, applicationName: "second")
            #expect(last("host", in: pinned) == "localhost")
            #expect(last("hostaddr", in: pinned) == "127.0.0.1")
            let second = try await PostgresConnection.open(pinned)
            #expect(second.endpoint == first.endpoint)
            #expect(try await second.query("SELECT current_setting('application_name')") == [["second"]])
            await second.close()
            await first.close()
        }
    }

    @Test("Through a socket there is no address, and a name that the settings gave the program is replaced")
    func socket() async throws {
        try await TestDatabase.with { database in
            let configuration = database.configuration(["application_name": "mine"])
            let first = try await PostgresConnection.open(configuration)
            #expect(first.hostAddress == "")
            let pinned = configuration.pinned(to: first, applicationName: "second")
            #expect(last("hostaddr", in: pinned) == nil)
            let second = try await PostgresConnection.open(pinned)
            #expect(second.endpoint == first.endpoint)
            #expect(try await second.query("SELECT current_setting('application_name')") == [["second"]])
            await second.close()
            await first.close()
        }
    }
}
