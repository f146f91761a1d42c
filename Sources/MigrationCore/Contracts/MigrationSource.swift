// SPDX-License-Identifier: Apache-2.0

/// Where migrations come from: a folder, an archive, strings that were compiled in.
///
/// To write a source of your own, return every migration that the build knows from ``migrations()``, in any order,
/// and its bytes from ``script(for:)``. Both may be called several times in a run and must then say the same. The
/// checksum of a migration is ``Checksum/init(of:)`` over exactly the bytes that ``script(for:)`` returns; a runner
/// compares the two before it executes anything, so a file that changes in between is found.
///
/// Throw whatever error describes the problem best; its `description` is shown to people.
public protocol MigrationSource: Sendable {
    /// All migrations, of all components, in any order.
    ///
    /// Called once at the beginning of each run. No migration at all is a valid answer.
    func migrations() async throws -> [Migration]

    /// The bytes of one migration that ``migrations()`` returned.
    ///
    /// Called for migrations that are about to be executed, and for those whose recorded checksum differs.
    func script(for migration: Migration) async throws -> MigrationScript
}
