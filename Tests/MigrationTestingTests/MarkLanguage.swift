// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting

/// The smallest language in which the conformance suite can be spoken: `mark 3`, `mark 3; fail`, `mark 3; linger`.
enum MarkLanguage {
    struct SyntaxError: Error {}
    struct Failed: Error {}

    static let invalid = "nonsense"

    static func check(_ migration: Migration, _ script: String) throws -> ExecutionMode {
        if script == invalid { throw SyntaxError() }
        return .transaction
    }

    static func execute(_ script: String, _ transaction: InMemoryTransaction) async throws {
        for statement in script.split(separator: ";") {
            let words = statement.split(separator: " ")
            switch words.first {
            case "mark": transaction.leave(words.dropFirst().joined())
            case "linger": try await Task.sleep(for: .seconds(600))
            default: throw Failed()
            }
        }
    }

    static func makeStore() -> InMemoryVersionStore {
        InMemoryVersionStore(execute: execute, inspect: check)
    }
}

/// What the harnesses of the in-memory stores share: a database is a store that all handles are copies of.
protocol MarkHarness: VersionStoreHarness where Database == InMemoryVersionStore {}

extension MarkHarness {
    func makeDatabase() async throws -> InMemoryVersionStore { MarkLanguage.makeStore() }
    func removeDatabase(_ database: InMemoryVersionStore) async {}
    func marks(in database: InMemoryVersionStore) async throws -> [Int] {
        await database.effects.compactMap { Int($0) }
    }
    func fingerprint(of database: InMemoryVersionStore) async throws -> String? {
        "\(await database.history.count) entries and \(await database.effects.count) effects"
    }
    func scriptLeaving(mark: Int) -> String { "mark \(mark)" }
    func scriptFailing(afterMark mark: Int) -> String { "mark \(mark); fail" }
    func scriptLingering(afterMark mark: Int) -> String? { "mark \(mark); linger" }
    var invalidScript: String? { MarkLanguage.invalid }
}

/// The harness of the in-memory store itself.
struct InMemoryHarness: MarkHarness {
    func makeStore(on database: InMemoryVersionStore) async throws -> InMemoryVersionStore { database }

    func crash(_ session: InMemorySession, in database: InMemoryVersionStore) async throws -> Bool {
        await session.crash()
        return true
    }
}

/// A harness that offers nothing but what it must.
struct BareHarness: MarkHarness {
    func makeStore(on database: InMemoryVersionStore) async throws -> InMemoryVersionStore { database }
    func fingerprint(of database: InMemoryVersionStore) async throws -> String? { nil }
    func scriptLingering(afterMark mark: Int) -> String? { nil }
    var invalidScript: String? { nil }
}
