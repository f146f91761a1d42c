// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Tells how scripts would be executed, one after the other, from their texts alone: for checking files without a database.
///
/// ```swift
/// var modes = ScriptModes()
/// for migration in migrations {
///     print(try modes.executionMode(of: migration, script: source.script(for: migration)))
/// }
/// ```
///
/// What a script creates is known for those after it: a `CALL` of a procedure that commits cannot be part of a transaction.
public struct ScriptModes: Sendable {
    private let standardConformingStrings: Bool
    private var procedures = KnownProcedures()

    /// Starts with an empty database.
    ///
    /// - Parameter standardConformingStrings: Whether a backslash in `'…'` is an ordinary character on the server.
    public init(standardConformingStrings: Bool = true) {
        self.standardConformingStrings = standardConformingStrings
    }

    /// How a script would be executed, after those that were asked about before.
    ///
    /// - Throws: ``PostgresError/Code/invalidScript`` with file, line and column; what the script's storage throws.
    public mutating func executionMode(
        of migration: Migration, script: MigrationScript
    ) throws -> ExecutionMode {
        var script = try PreparedScript(migration, script, standardConformingStrings: standardConformingStrings)
        script.analysis.callReason = CallSearch(script.analysis, &procedures).reason
        return script.analysis.executionMode(migration.directives)
    }
}
