// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// What one look at a script tells of how it has to be executed. Nothing in it grows with the script.
struct ScriptAnalysis {
    /// Why a script runs as a sequence instead of in one transaction.
    struct SequenceReason {
        /// The statement that decides it; `nil` for the directive.
        let position: SourcePosition?
        let text: String
    }

    /// How the script is executed.
    enum Mode {
        /// All of it and the history row in one transaction, begun by the file's own `BEGIN` if that asks for modes.
        case transaction(begin: ScriptReader.Block?)
        case sequence(SequenceReason)
    }

    /// The file's own transaction blocks, in order.
    let blocks: [ScriptReader.Block]
    /// Whether it adds a value to an enum.
    let addsEnumValue: Bool
    /// What it has to do with procedures.
    let procedureEvents: ProcedureEvents
    /// Why a `CALL` makes a sequence of the script, if somebody found out what it reaches: ``CallSearch``.
    var callReason: SequenceReason?
    private let reason: SequenceReason?

    /// Looks through a script.
    ///
    /// - Throws: ``ScriptProblem``; what the script's storage throws.
    init(_ script: MigrationScript, standardConformingStrings: Bool = true) throws {
        let reader = ScriptReader(script, standardConformingStrings: standardConformingStrings)
        var signs = SequenceSigns()
        var events = ProcedureEvents()
        while let (statement, text) = try reader.next() {
            signs.look(at: statement, text)
            events.look(at: statement, text)
        }
        blocks = reader.blocks
        addsEnumValue = signs.addsEnumValue
        procedureEvents = events
        reason =
            blocks.count > 1
            ? SequenceReason(position: blocks[1].begin.position, text: "the file has several transaction blocks")
            : signs.reason
    }

    func mode(_ directives: Migration.Directives) -> Mode {
        if directives.noTransaction {
            return .sequence(SequenceReason(position: nil, text: "the file asks for it: no-transaction"))
        }
        if let reason = reason ?? callReason { return .sequence(reason) }
        return .transaction(begin: blocks.first.flatMap { $0.hasModes ? $0 : nil })
    }

    /// The mode in the words of `MigrationCore`.
    func executionMode(_ directives: Migration.Directives) -> ExecutionMode {
        guard case .sequence(let reason) = mode(directives) else { return .transaction }
        let place = reason.position.map { "line \($0.line), column \($0.column): " } ?? ""
        return ExecutionMode(name: "sequence", reason: place + reason.text)
    }
}
