// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PostgresAdapter

@Suite("BlockingTransaction", .timeLimit(.minutes(15)))
struct BlockingTransactionTests {
    @Test("A transaction runs until its end, and has another name than the next one of its session")
    func runs() async throws {
        try await TestDatabase.with { database in
            try await database.withConnection { other in
                func name() async throws -> BlockingTransaction {
                    let query = "SELECT \(BlockingTransaction.column("\(other.serverProcess)"))"
                    return BlockingTransaction(name: try await database.query(query)[0])
                }
                try await other.query("BEGIN; SELECT 1")
                let first = try await name()
                #expect(try await database.query(BlockingTransaction.anyRuns([first])) == ["t"])
                try await other.query("COMMIT; BEGIN; SELECT 1")
                #expect(try await database.query(BlockingTransaction.anyRuns([first])) == ["f"])
                let second = try await name()
                #expect(try await database.query(BlockingTransaction.anyRuns([first, second])) == ["t"])
                try await other.query("COMMIT")
                #expect(try await database.query(BlockingTransaction.anyRuns([first, second])) == ["f"])
                // Who is in no transaction has none.
                #expect(try await name().name == "null")
            }
        }
    }
}
