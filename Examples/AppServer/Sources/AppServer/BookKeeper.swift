// SPDX-License-Identifier: Apache-2.0

import Logging
import PostgresAdapter
import ServiceLifecycle

/// A service that needs the tables from its first moment on, and therefore starts when the schema is ready.
struct BookKeeper: Service {
    let database: PostgresConfiguration
    let logger: Logger

    func run() async throws {
        let connection = try await PostgresConnection.open(database)
        let rows = try await connection.query("SELECT count(*) FROM books")
        await connection.close()
        logger.info("the shop is open", metadata: ["books.count": "\(rows[0][0] ?? "none")"])
        try await gracefulShutdown()
    }
}
