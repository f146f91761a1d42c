// SPDX-License-Identifier: Apache-2.0

/// A migration that is executed step by step and was stopped on the way.
public struct UnfinishedMigration: Hashable, Sendable {
    /// Component and version.
    public var id: MigrationID
    /// How many of its statements are done.
    public var done: Int
    /// How many statements it has.
    public var total: Int

    /// Makes an entry.
    public init(id: MigrationID, done: Int, total: Int) {
        self.id = id
        self.done = done
        self.total = total
    }
}
