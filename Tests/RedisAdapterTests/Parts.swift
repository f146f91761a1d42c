// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore

@testable import RedisAdapter

/// Parts of sets, made of bytes.
enum Parts {
    /// Runs a body with a part that has the bytes as its dump.
    ///
    /// - Parameter summary: What the part says of its dump.
    static func with<Result: Sendable>(
        _ bytes: [UInt8], described summary: RDBSummary, isolation: isolated (any Actor)? = #isolation,
        _ body: (StoredPart) async throws -> Result
    ) async throws -> Result {
        try await FolderDestination.with { destination in
            let file = try await destination.makeFile(RedisDetails.dump)
            try await file.write(bytes)
            try await file.finish()
            let snapshot = StoreSnapshot(
                serverVersion: summary.auxiliary["redis-ver"], details: RedisDetails.values(summary))
            return try await body(destination.part(snapshot, store: .redis))
        }
    }
}
