// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// What was found out about large scripts, so that they are not read once more to find it out again.
final class ScriptAnalyses: Sendable {
    private struct Key: Hashable {
        let checksum: Checksum
        let standardConformingStrings: Bool
    }

    private let known = Mutex<[Key: ScriptAnalysis]>([:])

    /// Looks through a script, if that has not happened yet.
    ///
    /// A large one is not compared with its checksum here: whoever executes it does that.
    func prepare(
        _ migration: Migration, _ script: MigrationScript, standardConformingStrings: Bool
    ) throws -> PreparedScript {
        guard !script.isInMemory else {
            return try PreparedScript(migration, script, standardConformingStrings: standardConformingStrings)
        }
        let key = Key(checksum: migration.checksum, standardConformingStrings: standardConformingStrings)
        if let analysis = known.withLock({ $0[key] }) {
            return PreparedScript(migration, script, analysis, standardConformingStrings: standardConformingStrings)
        }
        let prepared = try PreparedScript(migration, script, standardConformingStrings: standardConformingStrings)
        known.withLock { $0[key] = prepared.analysis }
        return prepared
    }
}
