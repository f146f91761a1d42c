// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// What is sent to the server for a script: as few messages as possible, each with as many statements as possible.
///
/// Statements in one message are executed one by one, each with a result of its own, and the rest is skipped when one
/// fails (PostgreSQL documentation, "Multiple Statements in a Simple Query"). So one round trip is enough for
/// `BEGIN`, the statements, the history row and `COMMIT`, and `COMMIT` is reached only when all before it succeeded.
struct ScriptMessages {
    /// A part of a message: one statement.
    enum Part: Hashable {
        /// A statement of ours.
        case ours(Step)
        /// A statement of the script, by its index.
        case script(Int)
        /// The script's own `BEGIN`, sent instead of ours.
        case ownBegin(SQLStatement)
    }

    /// What a statement of ours is for, so that its failure can be explained.
    enum Step: Hashable {
        case begin, setting, fence, deferredConstraints, sessionState, history, journal, commit, cleanUp
    }

    struct Message {
        fileprivate(set) var text: [UInt8] = []
        fileprivate(set) var parts: [(part: Part, range: Range<Int>)] = []
        /// What the last statement gets, if it is a `COPY … FROM stdin`.
        fileprivate(set) var copyData: ArraySlice<UInt8>?
    }

    /// Messages are cut at about this size; a single larger statement is a message of its own.
    private static let preferredSize = 256 * 1024

    private(set) var messages: [Message] = []
    private var current = Message()

    mutating func append(_ step: Step, _ sql: String) {
        append(.ours(step), Array("\(sql);".utf8)[...])
    }

    /// Appends statements of a script; all of them, unless told otherwise.
    mutating func append(_ script: ScriptAnalysis, _ range: Range<Int>? = nil) {
        for index in range ?? script.statements.indices {
            let statement = script.statements[index]
            let text = script.text(of: statement)
            if current.text.count + text.count > Self.preferredSize { endMessage() }
            append(.script(index), text)
            if statement.kind == .copyFromStdin {
                current.copyData = script.bytes[statement.copyData ?? 0..<0]
                endMessage()
            }
            // The server reads a whole message with the settings that hold when it arrives.
            if statement.kind.changesReading { endMessage() }
        }
    }

    /// Appends statements of a script, with the beginning of a transaction before them.
    ///
    /// - Parameters:
    ///   - begin: The script's own `BEGIN`, if its modes matter.
    ///   - fence: The statement that makes sure of the lock. `SET TRANSACTION` is possible before it only.
    ///   - settings: What the statements run with.
    mutating func appendTransaction(
        _ script: ScriptAnalysis, _ range: Range<Int>, begin: SQLStatement?, fence: String, settings: [String] = []
    ) {
        if let begin { append(.ownBegin(begin), script.text(of: begin)) } else { append(.begin, "BEGIN") }
        let first = range.first { !script.setsTransactionModes(script.statements[$0]) } ?? range.upperBound
        append(script, range.lowerBound..<first)
        append(.fence, fence)
        settings.forEach { append(.setting, $0) }
        append(script, first..<range.upperBound)
    }

    /// Makes sure that what follows is read by the server after all before it was executed.
    mutating func endMessage() {
        guard !current.parts.isEmpty else { return }
        messages.append(current)
        current = Message()
    }

    private mutating func append(_ part: Part, _ text: ArraySlice<UInt8>) {
        let start = current.text.count
        current.text += text
        current.parts.append((part, start..<current.text.count))
        if Self.mayBeOpen(text) { current.text += "\n;".utf8 }
        current.text.append(UInt8(ascii: "\n"))
    }

    /// Whether the last statement of a file may lack its semicolon: it can end in a `--` comment, and that in a semicolon.
    private static func mayBeOpen(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.last == UInt8(ascii: ";") else { return true }
        let lastLine = text[(text.lastIndex(of: UInt8(ascii: "\n")) ?? text.startIndex)...]
        return zip(lastLine, lastLine.dropFirst()).contains { $0 == UInt8(ascii: "-") && $1 == UInt8(ascii: "-") }
    }
}

extension StatementKind {
    /// Whether the server reads what comes after this statement in another way.
    var changesReading: Bool {
        if case .setSetting = self { true } else { false }
    }
}
