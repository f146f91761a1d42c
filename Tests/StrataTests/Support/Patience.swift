// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Waits for conditions, as long as a slow machine may need.
enum Patience {
    /// Waits until a condition is true; requires that it becomes so.
    static func wait(
        for what: String, sourceLocation: SourceLocation = #_sourceLocation, until condition: () async throws -> Bool
    ) async throws {
        let came = try await eventually(condition)
        try #require(came, "waited in vain for \(what)", sourceLocation: sourceLocation)
    }
}
