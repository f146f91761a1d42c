// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing

@testable import PostgresAdapter

/// Leaves behind what a run leaves that died in a statement: all before it done, and an entry in the journal that says "started".
struct DeadRun {
    let source: ScriptSource
    /// The number of the statement that the run died in.
    let statement: Int

    /// - Parameters:
    ///   - database: Where it died.
    ///   - serverDid: What the server did of the statement, on the session of the run.
    func leave(
        in database: TestDatabase, serverDid: (PostgresConnection) async throws -> Void = { _ in }
    ) async throws {
        let migration = try #require(source.migration("0001_step.sql"))
        let script = try SequenceScript(
            PreparedScript(migration, try await source.script(for: migration), standardConformingStrings: true))
        let journal = JournalTable(history: .standard)
        try await database.withConnection { connection in
            try await connection.query("\(journal.history.create);\n\(journal.create)")
            for unit in script.units() where unit.firstNumber <= statement {
                let isLast = unit.firstNumber == statement
                var note: String? = unit.marks.joined(separator: " ")
                if case .alone(let effect) = unit.kind {
                    note = nil
                    if let query = effect.noteQuery { note = try await connection.query(query).first?.first ?? nil }
                }
                // The script's role may not be allowed to.
                try await database.query(
                    journal.write(
                        unit, of: migration.id, total: script.entries.count,
                        state: isLast ? .started : .done, note: note, knownRows: 0))
                guard !isLast else { break }
                let feed = script.feed(unit.statements)
                while let (_, text) = try feed.next() {
                    try await connection.query(String(decoding: text, as: UTF8.self))
                }
            }
            try await serverDid(connection)
        }
    }
}
