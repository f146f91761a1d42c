// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import TestSupport
import Testing
import ThrowawayPostgres

@testable import PostgresAdapter

@Suite("What runs in a transaction block")
struct TransactionCandidateTests {
    @Test("What the server refuses in a transaction block is known from the words; what it allows is left in one")
    func table() async throws {
        var options = ThrowawayPostgres.Options()
        // Subscriptions are there to be altered, not to replicate.
        options.settings = ["wal_level": "logical", "max_logical_replication_workers": "0"]
        try await TestDatabase.withServerOfItsOwn(options) { database in
            for statement in TransactionCandidate.setup { try await database.query(statement) }
            let version = database.server.version.major
            for candidate in TransactionCandidate.all where (candidate.since...candidate.until).contains(version) {
                try await check(candidate, in: database)
            }
        }
    }

    private func check(_ candidate: TransactionCandidate, in database: TestDatabase) async throws {
        let failure = try await database.withConnection { connection in
            var failure: ServerMessage?
            for statement in ["BEGIN", candidate.statement] where failure == nil {
                failure = try await connection.exchange(Array(statement.utf8)) { _ in }
            }
            return failure
        }
        #expect(failure?.sqlState == candidate.sqlState, "\(candidate.statement): \(failure?.message ?? "executed")")
        let migration = Migration(
            id: MigrationID(version: 1), name: "0001_step.sql", checksum: Checksum(of: Array(candidate.statement.utf8)))
        let script = try PreparedScript(
            migration, MigrationScript(candidate.statement), standardConformingStrings: true)
        let mode = script.analysis.executionMode(Migration.Directives()).name
        let isSequence = [.refused, .allowedForItsObject].contains(candidate.answer)
        #expect(mode == (isSequence ? "sequence" : "transaction"), "\(candidate.statement)")
        // What only the server can tell runs alone as soon as the file is a sequence.
        if candidate.answer == .refusedForItsObject {
            guard case .alone = try SequenceScript(script).units()[0].kind else {
                Issue.record("\(candidate.statement) does not run alone")
                return
            }
        }
    }
}
