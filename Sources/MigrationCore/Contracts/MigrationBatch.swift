// SPDX-License-Identifier: Apache-2.0

/// Migrations that take effect together or not at all.
public struct MigrationBatch: Sendable {
    /// The migrations, in the order of their execution.
    public let migrations: [Migration]
    private let source: any MigrationSource

    /// Makes a batch of migrations whose scripts the source hands out.
    public init(_ migrations: [Migration], from source: any MigrationSource) {
        self.migrations = migrations
        self.source = source
    }

    /// The script of a migration, read now, so that a batch of any size needs the memory of one script.
    ///
    /// - Throws: What the source throws; ``ScriptChangedError`` when the bytes are not those that were planned.
    public func script(for migration: Migration) async throws -> MigrationScript {
        let script = try await source.script(for: migration)
        let checksum = Checksum(of: script.bytes)
        guard checksum == migration.checksum else {
            throw ScriptChangedError(path: migration.path, planned: migration.checksum, found: checksum)
        }
        return script
    }
}

/// A script that was changed between planning and execution.
public struct ScriptChangedError: Error, Hashable, CustomStringConvertible {
    /// The file.
    public var path: String
    /// The checksum when the run was planned.
    public var planned: Checksum
    /// The checksum when it was to be executed.
    public var found: Checksum

    public var description: String {
        """
        \(path): error: the file changed while the run was going on
          planned  \(planned)
          now      \(found)
        Start the run again when nobody writes to the migrations any more.
        """
    }
}
