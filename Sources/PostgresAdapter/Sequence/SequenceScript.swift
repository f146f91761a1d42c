// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// A script that runs as a sequence: what has to be known of each of its statements before the first one runs.
///
/// Neither the statements' bytes nor their data are kept; they are read again when they are sent.
struct SequenceScript {
    /// One statement.
    struct Entry {
        let statement: ScriptStatement
        /// What it does, if it runs outside of a transaction.
        let effect: StatementEffect?
        /// Whether it changes settings of the session, and so has to be repeated in a new session.
        let setsSession: Bool
        /// The checksum of its words and its data.
        let checksum: String
    }

    let prepared: PreparedScript
    let entries: [Entry]
    /// The file's own transaction blocks, in order.
    let blocks: [ScriptReader.Block]

    var migration: Migration { prepared.migration }

    /// Reads through the script.
    ///
    /// - Throws: `ScriptChangedError` when it is not the one that was planned: what a sequence has done cannot be undone, so
    ///   this is found out before.
    init(_ prepared: PreparedScript) throws {
        self.prepared = prepared
        let reader = prepared.reader()
        entries = try prepared.naming { try Self.entries(reader) }
        blocks = reader.blocks
        try prepared.requireUnchanged(reader)
    }

    private static func entries(_ reader: ScriptReader) throws -> [Entry] {
        var entries: [Entry] = []
        while let (statement, text) = try reader.next() {
            var statement = statement
            var checksum = StatementChecksum(text)
            let effect = StatementEffect(outsideTransaction: statement, text)
            let setsSession = Self.setsSession(text)
            while let (piece, bytes) = try reader.nextCopyPiece() {
                statement.statement.addCopyData(piece)
                checksum.add(bytes)
            }
            entries.append(
                Entry(statement: statement, effect: effect, setsSession: setsSession, checksum: checksum.hexadecimal))
        }
        return entries
    }

    private static func setsSession(_ text: ArraySlice<UInt8>) -> Bool {
        var tokens = StatementTokens(text, limit: 4)
        switch tokens.next?.keyword {
        case "reset": return true
        case "set":
            _ = tokens.take()
            return !["local", "constraints", "transaction"].contains(tokens.next?.keyword ?? "")
        case "select":
            _ = tokens.take()
            return tokens.takeQualifiedName()?.last == "set_config"
        default: return false
        }
    }

    /// Whether a statement changes how the server reads what comes behind it.
    var changesReading: Bool { entries.contains { $0.statement.kind.changesReading } }

    /// Some of the statements, to be sent.
    func feed(_ statements: some Sequence<Int>) -> SequenceFeed {
        SequenceFeed(prepared.script, statements: statements.map { entries[$0].statement })
    }
}

/// The checksum of the words of a statement, and of its data: blanks, comments and the semicolon do not count.
private struct StatementChecksum {
    private var hasher = Checksum.Hasher()

    init(_ text: ArraySlice<UInt8>) {
        if text.contains(UInt8(ascii: "\\")) {
            // Where a string ends can depend on a setting then.
            hasher.update(text)
            return
        }
        var tokenizer = SQLTokenizer()
        while let token = tokenizer.next(in: text.span) {
            let bytes = text[(text.startIndex + token.offset)...].prefix(token.length)
            guard bytes != [UInt8(ascii: ";")] else { continue }
            hasher.update(bytes)
            hasher.update([0])
        }
    }

    mutating func add(_ data: ArraySlice<UInt8>) { hasher.update(data) }

    var hexadecimal: String { hasher.finalize().hexadecimal }
}
