// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// A statement of a script, and where it stands.
struct ScriptStatement: Hashable {
    var statement: SQLStatement
    /// The transaction block of the file's own that it stands in, counted from 0.
    let block: Int?

    var kind: StatementKind { statement.kind }
    var position: SourcePosition { statement.position }
}

/// Where statements come from that are to be sent, with the data of those that have some.
protocol StatementFeed: AnyObject {
    /// The next statement, with its bytes. What nobody took of the last one's data is passed over.
    func next() throws -> (ScriptStatement, text: ArraySlice<UInt8>)?
    /// The next piece of the data of the `COPY` that was the last statement; `nil` behind the last piece.
    func nextCopyData() throws -> ArraySlice<UInt8>?
}

/// Reads a script of any size from start to end: its statements, without the file's own `BEGIN` and `COMMIT`.
///
/// Not more of the script than one statement is in memory.
final class ScriptReader: StatementFeed {
    /// A transaction block of the file's own.
    struct Block {
        /// Its `BEGIN`, and the bytes of that.
        let begin: SQLStatement
        let text: [UInt8]
        /// Whether the `BEGIN` asks for modes such as an isolation level.
        let hasModes: Bool
    }

    /// The file's own transaction blocks so far, in order.
    private(set) var blocks: [Block] = []
    private var openBlock: Int?
    private var isCopyOpen = false
    private var reader: StatementReader
    private let pieces: ScriptPieces

    /// - Parameters:
    ///   - standardConformingStrings: The value of that setting when the script begins.
    ///   - isHashed: Whether ``checksum`` will be asked for.
    init(_ script: MigrationScript, standardConformingStrings: Bool, isHashed: Bool = false) {
        let pieces = ScriptPieces(script, isHashed: isHashed)
        self.pieces = pieces
        reader = StatementReader(standardConformingStrings: standardConformingStrings) { try pieces.next() }
    }

    /// The checksum of what was read, at the end; `nil` if nobody was to ask for it.
    var checksum: Checksum? { pieces.checksum }

    /// - Throws: ``ScriptProblem`` for text that psql would not read as statements either, and for transaction control that
    ///   would break the one transaction of script and history; what the script's storage throws.
    func next() throws -> (ScriptStatement, text: ArraySlice<UInt8>)? {
        while let item = try nextItem() {
            switch item {
            case .copyData(let piece, _): isCopyOpen = !piece.isComplete
            case .statement(let statement, let text):
                guard try !isOwnControl(statement, text) else { continue }
                isCopyOpen = statement.kind == .copyFromStdin
                return (ScriptStatement(statement: statement, block: openBlock), text)
            }
        }
        if let openBlock { throw ScriptProblem.unendedBlock(blocks[openBlock].begin) }
        return nil
    }

    func nextCopyData() throws -> ArraySlice<UInt8>? {
        try nextCopyPiece()?.bytes
    }

    /// The next piece of the last statement's data, and where it stands; an empty one for no data at all.
    func nextCopyPiece() throws -> (CopyData, bytes: ArraySlice<UInt8>)? {
        guard isCopyOpen, case .copyData(let piece, let bytes)? = try nextItem() else { return nil }
        isCopyOpen = !piece.isComplete
        return (piece, bytes)
    }

    private func nextItem() throws -> StatementReader.Item? {
        do {
            return try reader.next()
        } catch let error as SQLSyntaxError {
            throw ScriptProblem(position: error.position, message: error.message)
        }
    }

    /// Whether it is the file's own `BEGIN` or `COMMIT`, which are not sent.
    private func isOwnControl(_ statement: SQLStatement, _ text: ArraySlice<UInt8>) throws(ScriptProblem) -> Bool {
        switch statement.kind {
        case .begin(let hasModes):
            guard openBlock == nil else { throw .nestedBlock(statement) }
            openBlock = blocks.count
            blocks.append(Block(begin: statement, text: Array(text), hasModes: hasModes))
            return true
        case .commit(let chain):
            guard openBlock != nil, !chain else { throw .strayCommit(statement, chain: chain) }
            openBlock = nil
            return true
        case .rollback: throw .rollback(statement)
        case .prepareTransaction: throw .prepareTransaction(statement)
        default:
            if let openBlock, let name = statement.kind.nameOutsideTransaction {
                throw .outsideTransaction(statement, name, insideBlockOf: blocks[openBlock].begin)
            }
            return false
        }
    }
}

/// The bytes of a script as they are read; hashed on the way where that is asked for.
private final class ScriptPieces {
    private var pieces: MigrationScript.Pieces
    private var hasher: Checksum.Hasher?

    init(_ script: MigrationScript, isHashed: Bool) {
        pieces = script.pieces()
        hasher = isHashed ? Checksum.Hasher() : nil
    }

    func next() throws -> ArraySlice<UInt8>? {
        let piece = try pieces.next()
        if let piece { hasher?.update(piece) }
        return piece
    }

    var checksum: Checksum? { hasher?.finalize() }
}

extension StatementKind {
    /// The name of a command that cannot run inside a transaction block; `nil` for all others.
    var nameOutsideTransaction: String? {
        switch self {
        case .outsideTransaction(let command): command.description
        case .commitPrepared: "COMMIT PREPARED"
        case .rollbackPrepared: "ROLLBACK PREPARED"
        default: nil
        }
    }

    /// Whether the server reads what comes after this statement in another way.
    var changesReading: Bool {
        if case .setSetting = self { true } else { false }
    }
}
