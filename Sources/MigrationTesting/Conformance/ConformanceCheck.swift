// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One rule of the contract of ``VersionStore``, and how to find out whether a store keeps it.
public struct ConformanceCheck<Harness: VersionStoreHarness>: Sendable, CustomStringConvertible, Identifiable {
    /// The rule, as a sentence; unique within the suite.
    public let description: String
    private let body: @Sendable (ConformanceBench<Harness>) async throws -> Void

    init(_ rule: String, body: @escaping @Sendable (ConformanceBench<Harness>) async throws -> Void) {
        description = rule
        self.body = body
    }

    public var id: String { description }

    /// Finds out, in a fresh database of the harness, which is removed in the end.
    ///
    /// - Throws: ``ConformanceFailure``, whatever goes wrong.
    @discardableResult
    public func run(on harness: Harness) async throws(ConformanceFailure) -> ConformanceOutcome {
        let database: Harness.Database
        do {
            database = try await harness.makeDatabase()
        } catch {
            throw ConformanceFailure(
                rule: description, message: "the harness made no database: \(error)", underlying: error)
        }
        let bench = ConformanceBench(harness: harness, database: database)
        let result = await outcome(on: bench)
        await harness.removeDatabase(database)
        return try result.get()
    }

    private func outcome(
        on bench: ConformanceBench<Harness>
    ) async -> Result<ConformanceOutcome, ConformanceFailure> {
        do {
            try await Race.run(limit: bench.harness.patience) { [body] in try await body(bench) }
            return .success(.passed)
        } catch let skip as ConformanceSkip {
            return .success(.skipped(skip.reason))
        } catch let broken as BrokenRule {
            return .failure(ConformanceFailure(rule: description, message: broken.message))
        } catch is Race.Overdue {
            let message = "\(bench.stage) did not end within \(bench.harness.patience)"
            return .failure(ConformanceFailure(rule: description, message: message))
        } catch {
            let message = "\(bench.stage) threw \(error)"
            return .failure(ConformanceFailure(rule: description, message: message, underlying: error))
        }
    }
}

/// Thrown by a check when the harness lacks what it needs.
struct ConformanceSkip: Error {
    var reason: String
}

/// Thrown by a check when it sees a rule broken.
struct BrokenRule: Error {
    var message: String
}
