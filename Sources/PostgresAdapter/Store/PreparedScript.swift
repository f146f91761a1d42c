// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// A migration with its script taken apart, ready to be executed.
struct PreparedScript {
    let migration: Migration
    let analysis: ScriptAnalysis

    var mode: ScriptAnalysis.Mode { analysis.mode(migration.directives) }

    var isSequence: Bool {
        if case .sequence = mode { true } else { false }
    }

    /// - Throws: ``PostgresError/Code/invalidScript``.
    init(_ migration: Migration, _ script: MigrationScript, standardConformingStrings: Bool) throws(PostgresError) {
        self.migration = migration
        do {
            analysis = try ScriptAnalysis(
                bytes: script.bytes, standardConformingStrings: standardConformingStrings)
        } catch {
            throw error.error(path: migration.path, bytes: script.bytes)
        }
    }

    /// The file's own `BEGIN` to send instead of ours; throws when the script has to share its transaction with others.
    ///
    /// - Parameter isIncomplete: Whether a part of it is done already.
    func begin(alone: Bool, isIncomplete: Bool = false) throws(PostgresError) -> SQLStatement? {
        switch mode {
        case _ where isIncomplete:
            throw refusal(
                SourcePosition(offset: 0, line: 1, column: 1),
                "the file cannot be part of one transaction: some of its statements are done already")
        case .transaction(let begin?) where !alone:
            throw refusal(
                begin.position, "a transaction mode cannot be set inside a transaction of several files")
        case .transaction(let begin): return begin
        case .sequence(let reason):
            throw refusal(
                reason.position ?? SourcePosition(offset: 0, line: 1, column: 1),
                "the file cannot be part of one transaction: \(reason.text)")
        }
    }

    private func refusal(_ position: SourcePosition, _ message: String) -> PostgresError {
        ScriptProblem(position: position, message: message, hint: "run without --single-transaction.")
            .error(path: migration.path, bytes: analysis.bytes)
    }
}
