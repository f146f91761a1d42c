// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import ThrowawayRedis

@testable import RedisAdapter

/// Servers that load an RDB file.
enum Loaded {
    /// Runs a body with a server that has loaded the bytes.
    static func with<Result: Sendable>(
        _ bytes: [UInt8], _ configure: (inout ThrowawayRedis.Options) -> Void = { _ in },
        isolation: isolated (any Actor)? = #isolation, _ body: (TestRedis) async throws -> Result
    ) async throws -> Result {
        let file = "/tmp/strata-rdb-\(UInt64.random(in: 0...UInt64.max))"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try await TestRedis.with {
            $0.data = file
            configure(&$0)
        } _: {
            try await body($0)
        }
    }

    /// What a server that has loaded the bytes writes in its turn.
    static func summary(
        of bytes: [UInt8], _ configure: (inout ThrowawayRedis.Options) -> Void = { _ in },
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> RDBSummary {
        try await with(bytes, configure) { try await $0.summary() }
    }
}
