// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension ConformanceBench {
    /// Runs the body, which has to throw, and returns what it threw.
    func errorOf<Result>(_ deed: String, _ body: () async throws -> Result) async throws -> any Error {
        now(deed)
        do {
            _ = try await body()
        } catch let broken as BrokenRule {
            throw broken
        } catch let skip as ConformanceSkip {
            throw skip
        } catch {
            return error
        }
        throw BrokenRule(message: "\(deed) succeeded, and has to throw")
    }

    /// Requires that an error has a category.
    func require(_ error: any Error, is category: VersionStoreErrorCategory, named name: String, _ deed: String) throws
    {
        if category == .cancelled && error is CancellationError { return }
        let found = (error as? any VersionStoreError)?.category
        try require(found == category, "\(deed) threw \(error), which is not of category \(name)")
    }
}
