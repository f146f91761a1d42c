// SPDX-License-Identifier: Apache-2.0

/// One immutable step of a schema: its identity, the checksum of its bytes, and what it declares about itself.
///
/// A migration does not hold its SQL: a source hands that out when it is needed, see ``MigrationSource/script(for:)``.
public struct Migration: Hashable, Sendable, Identifiable {
    /// Component and version.
    public var id: MigrationID
    /// The version as its author wrote it, with leading zeros: `0007`.
    public var versionText: String
    /// The name that the history records: the file's name.
    public var name: String
    /// The name to show to people: the file's path within its source.
    public var path: String
    /// SHA-256 of the script's bytes.
    public var checksum: Checksum
    /// Migrations that have to be applied before this one, beside its predecessors in its own component.
    public var dependencies: [MigrationID]
    /// How the script wants to be run.
    public var directives: Directives

    /// Makes a migration.
    ///
    /// - Parameters:
    ///   - id: Component and version.
    ///   - name: The name that the history records.
    ///   - checksum: SHA-256 of the script's bytes.
    ///   - versionText: The version as its author wrote it; the plain number by default.
    ///   - path: The name to show to people; the name, with the component before it, by default.
    ///   - dependencies: Migrations that have to be applied before this one.
    ///   - directives: How the script wants to be run.
    public init(
        id: MigrationID, name: String, checksum: Checksum, versionText: String? = nil, path: String? = nil,
        dependencies: [MigrationID] = [], directives: Directives = Directives()
    ) {
        self.id = id
        self.versionText = versionText ?? id.version.description
        self.name = name
        self.path = path ?? (id.component == .core ? name : "\(id.component)/\(name)")
        self.checksum = checksum
        self.dependencies = dependencies
        self.directives = directives
    }

    /// What a migration says about how it wants to be run, and about the builds that meet it.
    public struct Directives: Hashable, Sendable {
        /// Whether the script must not run inside one transaction.
        public var noTransaction: Bool
        /// How long a statement of the script may wait for a lock on an object of the database; `nil`: as the run says.
        public var lockTimeout: Duration?
        /// How long a statement of the script may run; `nil`: as the run says.
        public var statementTimeout: Duration?
        /// The oldest build that can work with the schema once the migration is applied, named by the newest migration that
        /// it has of some component; `nil`: none that lacks this migration.
        public var compatibleWith: MigrationID?

        /// Makes directives; by default a script asks for nothing special.
        public init(
            noTransaction: Bool = false, lockTimeout: Duration? = nil, statementTimeout: Duration? = nil,
            compatibleWith: MigrationID? = nil
        ) {
            self.noTransaction = noTransaction
            self.lockTimeout = lockTimeout
            self.statementTimeout = statementTimeout
            self.compatibleWith = compatibleWith
        }
    }
}
