// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// Collects what is sent to the server for a script: as few messages as possible, each with as many statements as possible.
///
/// Statements in one message are executed one by one, each with a result of its own, and the rest is skipped when one
/// fails (PostgreSQL documentation, "Multiple Statements in a Simple Query"). So one round trip is enough for
/// `BEGIN`, the statements, the history row and `COMMIT`, and `COMMIT` is reached only when all before it succeeded.
///
/// Of a long script only the message that is being made is in memory.
struct ScriptMessages {
    /// A part of a message: one statement.
    enum Part: Hashable {
        /// A statement of ours.
        case ours(Step)
        /// A statement of the script.
        case script(ScriptStatement)
        /// The script's own `BEGIN`, sent instead of ours.
        case ownBegin(SQLStatement)
    }

    /// What a statement of ours is for, so that its failure can be explained.
    enum Step: Hashable {
        case begin, setting, fence, deferredConstraints, keepLock, sessionState, history, journal, commit, cleanUp
    }

    struct Message {
        fileprivate(set) var text: [UInt8] = []
        fileprivate(set) var parts: [(part: Part, range: Range<Int>)] = []

        /// Whether its last statement is a `COPY … FROM stdin`, which gets its data from the script.
        var endsWithCopy: Bool {
            guard case .script(let statement)? = parts.last?.part else { return false }
            return statement.kind == .copyFromStdin
        }

        /// Whether a part is a `COMMIT` of ours.
        func isCommit(_ index: Int) -> Bool {
            guard parts.indices.contains(index), case .ours(.commit) = parts[index].part else { return false }
            return true
        }

        /// The statement of a part as it was sent.
        func text(ofPart index: Int) -> ArraySlice<UInt8> { text[parts[index].range] }
    }

    /// Messages are cut at about this size; a single larger statement is a message of its own.
    private static let preferredSize = 256 * 1024

    /// What holds again behind a statement of the script that changes it.
    let limits: ScriptLimits

    private var message = Message()
    /// The statement that had no room in the last message.
    private var waiting: (ScriptStatement, text: ArraySlice<UInt8>)?

    init(limits: ScriptLimits = ScriptLimits()) {
        self.limits = limits
    }

    mutating func append(_ step: Step, _ sql: String) {
        append(.ours(step), Array("\(sql);".utf8)[...])
    }

    mutating func append(_ statement: ScriptStatement, _ text: ArraySlice<UInt8>) {
        append(.script(statement), text)
    }

    /// Appends the script's own `BEGIN`.
    mutating func append(_ begin: ScriptReader.Block) {
        append(.ownBegin(begin.begin), begin.text[...])
    }

    /// Appends statements until a message has to be sent, and takes that; `nil` at the end of the feed. What comes then follows
    /// the last statements in their message.
    ///
    /// - Parameter look: Called for each statement.
    mutating func next(
        from feed: some StatementFeed, look: (ScriptStatement, ArraySlice<UInt8>) -> Void = { _, _ in }
    ) throws -> Message? {
        while let (statement, text) = try waiting ?? feed.next() {
            if waiting == nil, !hasRoom(for: text) {
                waiting = (statement, text)
                return take()
            }
            waiting = nil
            look(statement, text)
            append(statement, text)
            if statement.kind == .copyFromStdin { return take() }
            limits.restoring(after: text).forEach { append(.setting, $0) }
            // The server reads a whole message with the settings that hold when it arrives.
            if statement.kind.changesReading { return take() }
        }
        return nil
    }

    private func hasRoom(for text: ArraySlice<UInt8>) -> Bool {
        message.parts.isEmpty || message.text.count + text.count <= Self.preferredSize
    }

    /// The message so far, which is to be sent now; `nil` if there is nothing in it. Then the next one begins.
    mutating func take() -> Message? {
        guard !message.parts.isEmpty else { return nil }
        defer { message = Message() }
        return message
    }

    private mutating func append(_ part: Part, _ text: ArraySlice<UInt8>) {
        let start = message.text.count
        message.text += text
        message.parts.append((part, start..<message.text.count))
        if Self.mayBeOpen(text) { message.text += "\n;".utf8 }
        message.text.append(UInt8(ascii: "\n"))
    }

    /// Whether the last statement of a file may lack its semicolon: it can end in a `--` comment, and that in a semicolon.
    private static func mayBeOpen(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.last == UInt8(ascii: ";") else { return true }
        let lastLine = text[(text.lastIndex(of: UInt8(ascii: "\n")) ?? text.startIndex)...]
        return zip(lastLine, lastLine.dropFirst()).contains { $0 == UInt8(ascii: "-") && $1 == UInt8(ascii: "-") }
    }
}
