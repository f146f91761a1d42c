// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a manifest that was read says about one file, and where.
struct ManifestEntry {
    let file: Stated<String>
    var checksum: Stated<Checksum>?
    var undoChecksum: Stated<Checksum>?
    var facts = DeclaredFacts()
}
