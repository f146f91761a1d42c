// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// A migration that a test writes down: what it is, and its script.
public struct InMemoryMigration: Hashable, Sendable {
    /// Component and version.
    public var id: MigrationID
    /// The version as its author wrote it.
    public var versionText: String
    /// The name that the history records.
    public var name: String
    /// The script's text.
    public var script: String
    /// Migrations that have to be applied before this one.
    public var dependencies: [MigrationID]
    /// How the script wants to be run.
    public var directives: Migration.Directives

    /// Makes a migration.
    ///
    /// - Parameters:
    ///   - version: The number, with leading zeros if you like: `"0007"`.
    ///   - script: The script's text.
    ///   - component: The component; `core` by default.
    ///   - name: The file's name; by default the version followed by `_migration.sql`.
    ///   - dependencies: Migrations that have to be applied before this one.
    ///   - directives: How the script wants to be run.
    /// - Precondition: The version consists of decimal digits.
    public init(
        _ version: String, _ script: String, component: Component = .core, name: String? = nil,
        dependsOn dependencies: [MigrationID] = [], directives: Migration.Directives = Migration.Directives()
    ) {
        guard let number = MigrationVersion(version) else {
            preconditionFailure("a version consists of decimal digits: \(version)")
        }
        self.id = MigrationID(component: component, version: number)
        self.versionText = version
        self.name = name ?? "\(version)_migration.sql"
        self.script = script
        self.dependencies = dependencies
        self.directives = directives
    }

    /// The migration as a source announces it, with the checksum of its script.
    public var migration: Migration {
        Migration(
            id: id, name: name, checksum: Checksum(of: Array(script.utf8)), versionText: versionText,
            dependencies: dependencies, directives: directives)
    }
}
