// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// A migration that an ``InMemorySource`` does not have (any more).
public struct InMemorySourceError: Error, Hashable, CustomStringConvertible {
    /// The migration.
    public var id: MigrationID

    /// Makes an error.
    public init(id: MigrationID) {
        self.id = id
    }

    public var description: String { "the source has no migration \(id)" }
}
