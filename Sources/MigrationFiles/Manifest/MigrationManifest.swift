// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// The contents of `manifest.json`: every migration of a folder with its pinned checksum and what it declares.
///
/// ```json
/// {
///   "format": 1,
///   "migrations": [
///     {"file": "0001_baseline.sql", "checksum": "d2f1…"},
///     {"file": "billing/0002_invoices.sql", "checksum": "77ab…", "undo-checksum": "c0de…",
///      "depends-on": ["core:1"], "no-transaction": true, "lock-timeout": "3s", "statement-timeout": "10min"}
///   ]
/// }
/// ```
///
/// | key | value | |
/// |---|---|---|
/// | `file` | path within the folder, with `/` | required |
/// | `checksum` | SHA-256 of the file's bytes, 64 hexadecimal digits | required |
/// | `undo-checksum` | the same of the undo script | required if there is one |
/// | `depends-on` | list of `COMPONENT:VERSION`, or `VERSION` for the file's own component | |
/// | `no-transaction` | `true` or `false` | |
/// | `lock-timeout`, `statement-timeout` | a whole number and a unit (`us`, `ms`, `s`, `min`, `h`, `d`) | |
/// | `compatible-with` | `COMPONENT:VERSION`, or `VERSION` for the file's own component: the oldest build that can work with the schema | |
///
/// A fact may be stated in the file, in the manifest, or in both if they agree. Where a folder has a manifest, every
/// migration has to be in it, every entry needs its file, and the checksums have to match.
public struct MigrationManifest: Hashable, Sendable {
    /// The name of the file, at the top of the folder of the migrations.
    public static let fileName = "manifest.json"

    /// One migration.
    public struct Entry: Hashable, Sendable {
        /// The path within the folder.
        public var file: String
        /// The checksum of the migration's bytes.
        public var checksum: Checksum
        /// The checksum of its undo script's bytes, if there is one.
        public var undoChecksum: Checksum?
        /// What it depends on.
        public var dependencies: [MigrationID]
        /// How it wants to be run.
        public var directives: Migration.Directives

        /// Makes an entry.
        public init(
            file: String, checksum: Checksum, undoChecksum: Checksum? = nil, dependencies: [MigrationID] = [],
            directives: Migration.Directives = Migration.Directives()
        ) {
            self.file = file
            self.checksum = checksum
            self.undoChecksum = undoChecksum
            self.dependencies = dependencies
            self.directives = directives
        }
    }

    /// The migrations, in the order in which they are written.
    public var migrations: [Entry]

    /// Makes a manifest.
    public init(migrations: [Entry]) {
        self.migrations = migrations
    }
}
