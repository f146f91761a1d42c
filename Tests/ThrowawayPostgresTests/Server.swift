// SPDX-License-Identifier: Apache-2.0

import Testing
import ThrowawayPostgres

/// What the tests of a running server share.
enum Server {
    /// Runs a test in a scratch folder of its own, and requires that nothing is left in it.
    static func inScratch(_ test: (Scratch, ThrowawayPostgres.Options) async throws -> Void) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var options = ThrowawayPostgres.Options()
        options.parentFolder = scratch.path
        try await test(scratch, options)
        #expect(try await scratch.leftovers() == [])
    }

    /// The error that an action throws.
    static func error(of action: () async throws -> Void) async -> ThrowawayPostgresError? {
        do {
            try await action()
        } catch {
            return error as? ThrowawayPostgresError
        }
        return nil
    }
}

extension ThrowawayPostgres {
    /// What psql prints for a statement; a failed statement is an error.
    func query(_ sql: String) async throws -> String {
        let result = try await run(tool: "psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql])
        try #require(result.succeeded, "\(sql): \(result.errorText)")
        return result.text.trimmingNewlines
    }
}

extension String {
    var trimmingNewlines: String { split(whereSeparator: \.isNewline).joined(separator: "\n") }
}
