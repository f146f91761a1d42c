// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// Indexes that are there and cannot be used.
extension PostgresSession {
    /// An index that was built concurrently can be there and invalid, also after a success with `IF NOT EXISTS`.
    func requireValidIndex(
        _ unit: SequenceUnit, _ effect: StatementEffect, before: StatementEffect.Note?, of script: SequenceScript
    ) async throws {
        guard let query = effect.validityQuery(before: before) else { return }
        guard let row = try await connection.query(query).first, row.count == 4, let index = row[2] else { return }
        if let process = row[3] {
            throw problem(
                script, at: unit.firstNumber,
                "the index \(index) is there but not valid: process \(process) is at work on an index of its table",
                hint: "run again when that is done.", code: .statementFailed)
        }
        throw problem(
            script, at: unit.firstNumber,
            "the index \(index) is there but invalid: an earlier attempt to build it failed",
            hint: "remove it, then run again: DROP INDEX CONCURRENTLY \(index);", code: .statementFailed)
    }

    /// What an earlier run started is being built by somebody else.
    func indexInProgress(
        _ index: String, process: String, _ unit: SequenceUnit, startedAt: String, of script: SequenceScript
    ) -> PostgresError {
        problem(
            script, at: unit.firstNumber,
            """
            this statement (\(unit.firstNumber) of \(script.entries.count)) was started at \(startedAt), and its \
            index \(index) is not valid yet: process \(process) is at work on an index of its table
            """,
            hint: "run again when that is done, or end it: SELECT pg_cancel_backend(\(process)).",
            code: .statementFailed)
    }
}
