// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// A migration with its script looked through, ready to be executed.
struct PreparedScript {
    let migration: Migration
    let script: MigrationScript
    var analysis: ScriptAnalysis
    let standardConformingStrings: Bool

    var mode: ScriptAnalysis.Mode { analysis.mode(migration.directives) }

    var isSequence: Bool {
        if case .sequence = mode { true } else { false }
    }

    /// - Throws: ``PostgresError/Code/invalidScript``; what the script's storage throws.
    init(_ migration: Migration, _ script: MigrationScript, standardConformingStrings: Bool) throws {
        self.migration = migration
        self.script = script
        self.standardConformingStrings = standardConformingStrings
        analysis = try Self.naming(migration, script) {
            try ScriptAnalysis(script, standardConformingStrings: standardConformingStrings)
        }
    }

    /// Looked through before.
    init(_ migration: Migration, _ script: MigrationScript, _ analysis: ScriptAnalysis, standardConformingStrings: Bool)
    {
        self.migration = migration
        self.script = script
        self.analysis = analysis
        self.standardConformingStrings = standardConformingStrings
    }

    /// Reads the script from its start. A large one, which nobody has compared with the plan yet, is hashed on the way.
    func reader() -> ScriptReader {
        ScriptReader(
            script, standardConformingStrings: standardConformingStrings, isHashed: !script.isInMemory)
    }

    /// Makes sure that what was read to its end is what was planned.
    ///
    /// - Throws: `ScriptChangedError`.
    func requireUnchanged(_ reader: ScriptReader) throws {
        if let checksum = reader.checksum { try MigrationBatch.requireUnchanged(checksum, of: migration) }
    }

    /// Gives the problems that reading finds the name of the file.
    func naming<Result>(_ body: () throws -> Result) throws -> Result {
        try Self.naming(migration, script, body)
    }

    private static func naming<Result>(
        _ migration: Migration, _ script: MigrationScript, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let problem as ScriptProblem {
            throw problem.error(path: migration.path, script: script)
        }
    }

    /// The file's own `BEGIN` to send instead of ours; throws when the script has to share its transaction with others.
    ///
    /// - Parameter isIncomplete: Whether a part of it is done already.
    func begin(alone: Bool, isIncomplete: Bool = false) throws(PostgresError) -> ScriptReader.Block? {
        switch mode {
        case _ where isIncomplete:
            throw refusal(nil, "the file cannot be part of one transaction: some of its statements are done already")
        case .transaction(let block?) where !alone:
            throw refusal(
                block.begin.position, "a transaction mode cannot be set inside a transaction of several files")
        case .transaction(let block): return block
        case .sequence(let reason):
            throw refusal(reason.position, "the file cannot be part of one transaction: \(reason.text)")
        }
    }

    private func refusal(_ position: SourcePosition?, _ message: String) -> PostgresError {
        ScriptProblem(position: position ?? .start, message: message, hint: "run without --single-transaction.")
            .error(path: migration.path, script: script)
    }
}

extension SourcePosition {
    /// The first byte.
    static var start: SourcePosition { SourcePosition(offset: 0, line: 1, column: 1) }
}
