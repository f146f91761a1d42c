// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import Synchronization

/// Migrations that a test writes down and may edit between two runs, or in the middle of one.
///
/// ```swift
/// let source = InMemorySource([
///     InMemoryMigration("0001", "CREATE TABLE users ()"),
///     InMemoryMigration("0001", "CREATE TABLE invoices ()", component: "billing"),
/// ])
/// ```
///
/// ## Topics
/// ### Editing
/// - ``add(_:)``
/// - ``replace(_:with:)``
/// - ``remove(_:)``
/// - ``fail(with:)``
public final class InMemorySource: MigrationSource {
    private struct State {
        var migrations: [InMemoryMigration]
        var failure: (any Error)?
        var scriptsRead: [MigrationID] = []
    }

    private let state: Mutex<State>

    /// Makes a source of migrations; it hands them out in the order given here.
    public init(_ migrations: [InMemoryMigration] = []) {
        state = Mutex(State(migrations: migrations))
    }

    /// Makes a source of identities, names and scripts.
    public convenience init(_ migrations: [(id: MigrationID, name: String, script: String)]) {
        self.init(
            migrations.map { id, name, script in
                InMemoryMigration(id.version.description, script, component: id.component, name: name)
            })
    }

    /// The migrations that the source hands out now.
    public var current: [InMemoryMigration] { state.withLock(\.migrations) }

    /// The migrations whose scripts were read, in order.
    public var scriptsRead: [MigrationID] { state.withLock(\.scriptsRead) }

    /// Adds a migration.
    public func add(_ migration: InMemoryMigration) {
        state.withLock { $0.migrations.append(migration) }
    }

    /// Gives a migration another script, as somebody does who edits a file.
    public func replace(_ id: MigrationID, with script: String) {
        state.withLock { state in
            for index in state.migrations.indices where state.migrations[index].id == id {
                state.migrations[index].script = script
            }
        }
    }

    /// Takes a migration away, as somebody does who deletes a file.
    public func remove(_ id: MigrationID) {
        state.withLock { $0.migrations.removeAll { $0.id == id } }
    }

    /// Lets reading fail with an error from now on; with `nil` it works again.
    public func fail(with error: (any Error)?) {
        state.withLock { $0.failure = error }
    }

    public func migrations() async throws -> [Migration] {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.migrations.map(\.migration)
        }
    }

    /// The script of a migration as it is now.
    ///
    /// - Throws: ``InMemorySourceError`` when there is no such migration any more; what ``fail(with:)`` was given.
    public func script(for migration: Migration) async throws -> MigrationScript {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard let found = state.migrations.first(where: { $0.id == migration.id }) else {
                throw InMemorySourceError(id: migration.id)
            }
            state.scriptsRead.append(migration.id)
            return MigrationScript(found.script)
        }
    }
}
