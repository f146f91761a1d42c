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
        try Self.requireUnchanged(Checksum(of: script), of: migration)
        return script
    }

    /// The script of a migration, compared with the plan only if it is in memory.
    ///
    /// For a store that reads a large script while it executes it: it computes the checksum of what it read on the way, and
    /// calls ``requireUnchanged(_:of:)`` while it can still undo everything.
    ///
    /// - Throws: What the source throws; ``ScriptChangedError``.
    public func unverifiedScript(for migration: Migration) async throws -> MigrationScript {
        let script = try await source.script(for: migration)
        if script.isInMemory { try Self.requireUnchanged(Checksum(of: script), of: migration) }
        return script
    }

    /// Compares what was read with what was planned.
    ///
    /// - Throws: ``ScriptChangedError``.
    public static func requireUnchanged(_ checksum: Checksum, of migration: Migration) throws(ScriptChangedError) {
        guard checksum == migration.checksum else {
            throw ScriptChangedError(path: migration.path, planned: migration.checksum, found: checksum)
        }
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
