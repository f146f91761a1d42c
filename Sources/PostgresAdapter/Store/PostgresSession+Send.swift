// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// Sending what scripts are made of.
extension PostgresSession {
    /// Begins a transaction.
    ///
    /// - Parameters:
    ///   - begin: The script's own `BEGIN`, if its modes matter.
    ///   - feed: What will be executed in it: `SET TRANSACTION` is possible only before the statement that makes sure of the lock.
    ///   - settings: What the statements run with.
    func beginTransaction(
        _ messages: inout ScriptMessages, _ begin: ScriptReader.Block?, feed: TransactionFeed,
        of script: PreparedScript,
        settings: [String] = []
    ) async throws {
        if let begin { messages.append(begin) } else { messages.append(.begin, "BEGIN") }
        while let (statement, text) = try script.naming({ try feed.nextTransactionMode() }) {
            messages.append(statement, text)
        }
        messages.append(.fence, fence)
        settings.forEach { messages.append(.setting, $0) }
    }

    /// Sends all statements of a feed, but for those that stay in the message that is being made.
    func send(
        _ feed: some StatementFeed, _ messages: inout ScriptMessages, of script: PreparedScript,
        look: (ScriptStatement, ArraySlice<UInt8>) -> Void = { _, _ in }
    ) async throws {
        while let message = try script.naming({ try messages.next(from: feed, look: look) }) {
            let data = message.endsWithCopy ? CopySource { try feed.nextCopyData() } : nil
            try await send(message, of: script, copyData: data)
        }
    }

    /// Sends the message so far, if there is anything in it.
    ///
    /// - Parameter holdsCommit: Whether it ends with the `COMMIT` of the history row.
    func send(
        _ messages: inout ScriptMessages, of script: PreparedScript, holdsCommit: Bool = false
    ) async throws {
        guard let message = messages.take() else { return }
        try await send(message, of: script, holdsCommit: holdsCommit)
    }

    private func send(
        _ message: ScriptMessages.Message, of script: PreparedScript, holdsCommit: Bool = false,
        copyData: CopySource? = nil
    ) async throws {
        try await requireReading(of: message, of: script)
        var completed = 0
        var isCommitted = false
        let failure: ServerMessage?
        do {
            failure = try await connection.exchange(message.text, copyData: copyData) { result in
                guard case .completed = result else { return }
                if case .completed("COMMIT") = result { isCommitted = true }
                completed += 1
            }
        } catch let error as PostgresError where error.code == .connectionLost {
            if isCommitted { return }  // the next call finds the connection closed
            // The server's results come in order: an error of its own in place of COMMIT's answer means that it is undone. But a crash
            // can come when the commit is in the log already.
            let mayBeCommitted = error.serverMessage?.severity == "PANIC" && message.isCommit(completed)
            let isUnknown = holdsCommit && (error.serverMessage == nil || mayBeCommitted)
            guard isUnknown else { throw error }
            throw PostgresError(code: .outcomeUnknown, message: error.message, serverMessage: error.serverMessage)
        }
        guard let failure else { return }
        guard !isCommitted else {
            isClean = false
            return
        }
        throw ScriptFailure(
            script: script, message: message, completedParts: completed, server: failure, table: table
        ).error
    }
}
