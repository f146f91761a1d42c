// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What ``VersionStoreConformance`` needs to know of a store to test it: databases, and scripts in the store's language.
///
/// The suite watches a store through *marks*: whole numbers that a script leaves in the database, and that
/// ``marks(in:)`` reads back past the store.
public protocol VersionStoreHarness: Sendable {
    /// The store to test.
    associatedtype Store: VersionStore
    /// One database of its own, whatever the store needs to reach it: a name, an address.
    associatedtype Database: Sendable

    /// Makes a fresh, empty database. Called once for each check; checks run in parallel.
    func makeDatabase() async throws -> Database

    /// Removes a database and what is still connected to it. Called once for each database, also after a failure.
    func removeDatabase(_ database: Database) async

    /// A store handle on the database. Called several times for one database, as different processes would.
    func makeStore(on database: Database) async throws -> Store

    /// The marks in the database, in the order in which they were left; none in a fresh one.
    func marks(in database: Database) async throws -> [Int]

    /// A text that changes whenever anything in the database does: its objects, the rows of the history.
    ///
    /// `nil` where this cannot be told: then the checks that nothing is written are skipped. That is the default.
    func fingerprint(of database: Database) async throws -> String?

    /// Loses the connection of a session, as a killed process does, without its close; whether that was done.
    ///
    /// `false` where this cannot be done: then the checks of crashes are skipped. That is the default.
    func crash(_ session: Store.Session, in database: Database) async throws -> Bool

    /// A script that leaves the mark. It may be executed by several migrations of a database, with different marks.
    func scriptLeaving(mark: Int) -> String

    /// A script that leaves the mark and then fails.
    func scriptFailing(afterMark mark: Int) -> String

    /// A script that leaves the mark, and then runs for much longer than ``patience`` unless it is cancelled.
    ///
    /// `nil` where there is none: then the checks of running scripts are skipped. That is the default.
    func scriptLingering(afterMark mark: Int) -> String?

    /// A script that the store refuses by its text alone, in ``VersionStore/executionMode(of:script:)``.
    ///
    /// `nil` where the store accepts every text: then the check is skipped. That is the default.
    var invalidScript: String? { get }

    /// How long a check may take before it counts as failed; 60 seconds by default.
    var patience: Duration { get }

    /// How many runners start at once; 8 by default.
    var concurrentRunners: Int { get }
}

extension VersionStoreHarness {
    public func fingerprint(of database: Database) async throws -> String? { nil }
    public func crash(_ session: Store.Session, in database: Database) async throws -> Bool { false }
    public func scriptLingering(afterMark mark: Int) -> String? { nil }
    public var invalidScript: String? { nil }
    public var patience: Duration { .seconds(60) }
    public var concurrentRunners: Int { 8 }
}
