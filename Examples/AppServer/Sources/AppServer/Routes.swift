// SPDX-License-Identifier: Apache-2.0

import Foundation
import Hummingbird
import MigrationService
import PostgresAdapter

/// What the server answers.
struct Routes {
    let readiness: MigrationReadiness
    let database: PostgresConfiguration

    var router: Router<BasicRequestContext> {
        let router = Router()
        // The process runs and its server answers: a platform that restarts it now would only lose time.
        router.get("health/live") { _, _ in "alive" }
        router.get("health/ready") { _, _ in
            let report = readiness.report
            return try Self.json(report, report.ready ? .ok : .serviceUnavailable)
        }
        router.get("books") { _, _ in
            // Another process may route requests here before the probe said that we are ready.
            guard readiness.isReady else { return try Self.json(readiness.report, .serviceUnavailable) }
            let connection = try await PostgresConnection.open(database)
            let rows = await Result { try await connection.query("SELECT title FROM books ORDER BY title") }
            await connection.close()
            return try Self.json(rows.get().compactMap { $0[0] }, .ok)
        }
        return router
    }

    private static func json(_ value: some Encodable, _ status: HTTPResponse.Status) throws -> Response {
        let body = ByteBuffer(bytes: try JSONEncoder().encode(value))
        return Response(
            status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
