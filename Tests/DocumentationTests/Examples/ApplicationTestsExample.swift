// SPDX-License-Identifier: Apache-2.0

import PostgresAdapter
import ThrowawayPostgres

func withTestDatabase(_ body: (PostgresVersionStore) async throws -> Void) async throws {
    try await ThrowawayPostgres.withServer { server in
        try await body(PostgresVersionStore(PostgresConfiguration(url: server.connectionURL())))
    }
}
