// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// Statements whose places in the script are known; their bytes are read when they are asked for.
final class SequenceFeed: StatementFeed {
    private let script: MigrationScript
    private var statements: ArraySlice<ScriptStatement>
    private var data: MigrationScript.Pieces?

    init(_ script: MigrationScript, statements: [ScriptStatement]) {
        self.script = script
        self.statements = statements[...]
    }

    func next() throws -> (ScriptStatement, text: ArraySlice<UInt8>)? {
        guard let next = statements.popFirst() else { return nil }
        data = next.statement.copyData.map { script.pieces(in: $0) }
        return (next, try script.bytes(in: next.statement.byteRange))
    }

    func nextCopyData() throws -> ArraySlice<UInt8>? { try data?.next() }
}
