// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// Reading and writing the journal.
extension PostgresSession {
    var journal: JournalTable { JournalTable(history: table) }

    func journalExists() async throws -> Bool {
        let name = SQLLiteral.string(journal.table.sql)
        return try await connection.query("SELECT to_regclass(\(name))").first?.first.flatMap { $0 } != nil
    }

    /// What the journal, which is made if it is not there, knows of a migration.
    func journalEntries(of migration: Migration) async throws -> [JournalTable.Entry] {
        guard try await journalExists() else {
            let failure = try await connection.exchange(Array(journal.create.utf8)) { _ in }
            if let failure { throw explain(failure) }
            return []
        }
        var entries: [JournalTable.Entry] = []
        let failure = try await connection.exchange(Array(journal.select(migration.id).utf8)) { result in
            if case .row(let row) = result, let entry = JournalTable.Entry(row: row) { entries.append(entry) }
        }
        if let failure { throw explain(failure) }
        return entries
    }

    /// What the catalog has to do with a statement that is about to be started.
    ///
    /// Names are looked up as the statement itself does it, with the role and the search path of the script.
    func note(for effect: StatementEffect) async throws -> StatementEffect.Note? {
        guard let query = effect.noteQuery else { return nil }
        return try await connection.query(query).first?.first.flatMap { $0 }
    }

    /// Writes how far a unit got, in a transaction of its own.
    func write(
        _ unit: SequenceUnit, _ state: JournalTable.State, note: String? = nil, of script: SequenceScript
    ) async throws {
        var messages = Self.journalTransaction(fence: fence)
        try await appendEntry(to: &messages, unit, state, note: note, of: script)
        try await send(&messages, of: script.prepared)
    }

    /// Adds to a statement of unknown outcome what the server said.
    func annotate(_ unit: SequenceUnit, note: String, of script: SequenceScript) async throws {
        var messages = Self.journalTransaction(fence: fence)
        try await append(journal.annotate(unit, of: script.migration.id, note: note), to: &messages, of: script)
        try await send(&messages, of: script.prepared)
    }

    /// Appends the end of a unit's transaction: its entry and `COMMIT`.
    func appendEntry(
        to messages: inout ScriptMessages, _ unit: SequenceUnit, _ state: JournalTable.State, note: String?,
        of script: SequenceScript
    ) async throws {
        let entry = journal.write(
            unit, of: script.migration.id, total: script.entries.count, state: state, note: note,
            knownRows: knownRows)
        try await append(entry, to: &messages, of: script)
    }

    private static func journalTransaction(fence: String) -> ScriptMessages {
        var messages = ScriptMessages()
        // A script can have made read-only the default.
        messages.append(.begin, "BEGIN READ WRITE")
        messages.append(.fence, fence)
        return messages
    }

    /// Appends a write to the journal by the user and role that we connected as; after the `COMMIT` the script's own come back.
    private func append(
        _ write: String, to messages: inout ScriptMessages, of script: SequenceScript
    ) async throws {
        messages.append(.sessionState, "SET LOCAL SESSION AUTHORIZATION DEFAULT")
        messages.append(.sessionState, "SET LOCAL ROLE NONE")
        if script.changesReading {
            // What is written must be read by the server as we write it.
            messages.append(.sessionState, "SET LOCAL client_encoding = 'UTF8'")
            try await send(&messages, of: script.prepared)
        }
        messages.append(.journal, write)
        messages.append(.commit, "COMMIT")
    }
}
