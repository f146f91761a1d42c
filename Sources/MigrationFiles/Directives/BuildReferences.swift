// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Whether the builds that migrations declare themselves compatible with can have existed: a build is named by its newest
/// migration, so the folder has that, and it is no newer than the one that declares it.
struct BuildReferences {
    private let known: Set<MigrationID>

    /// - Parameter ids: All migrations of the folder.
    init(_ ids: some Sequence<MigrationID>) {
        known = Set(ids)
    }

    /// What is wrong with a declaration, as a sentence; `nil`: nothing.
    func fault(in build: MigrationID, declaredBy owner: MigrationID) -> String? {
        if build.component == owner.component && build.version > owner.version {
            return """
                compatible-with names \(build), which is newer than this migration, \(owner): no build had it without this \
                one. Name the newest migration of the oldest build that can work with the schema.
                """
        }
        guard known.contains(build) else {
            return """
                compatible-with names \(build), which is not in the folder, so no build can have had it. Name the newest \
                migration of the oldest build that can work with the schema.
                """
        }
        return nil
    }
}
