// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// An error of an ``InMemoryVersionStore``, its own or one that a test planned.
public struct InMemoryStoreError: VersionStoreError, Hashable, CustomStringConvertible {
    public var category: VersionStoreErrorCategory
    /// What happened, in a sentence.
    public var description: String

    /// Makes an error.
    public init(_ category: VersionStoreErrorCategory, _ description: String) {
        self.category = category
        self.description = description
    }
}
