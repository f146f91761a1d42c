// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("strata demo with ChromaDB", .timeLimit(.minutes(60)))
struct ChromaDemoTests {
    @Test("Where ChromaDB is installed, the demo saves, proves and restores three stores")
    func threeStores() async throws {
        let scratch = try Migrations.one()
        try scratch.write("migrations/seed/0001_b.sql", "INSERT INTO a VALUES (1);")
        let outcome = try await Program.strata().run(
            ["demo"], environment: ["STRATA_CHROMA_BIN": try ChromaPython.programs], in: scratch)
        outcome.expect(0)
        for text in ["complete, 3 stores", "restored  ok\n", "DAMAGED\n", "postgres: ", "redis: ", "chroma: "] {
            #expect(outcome.output.contains(text), "\(text) is not in: \(outcome)")
        }
        #expect(!outcome.output.contains("not installed here"))
        #expect(outcome.messages.isEmpty)
    }
}
