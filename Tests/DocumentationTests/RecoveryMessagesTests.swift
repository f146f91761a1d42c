// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// The messages that `Docs/Recovery.md` explains are those that the program prints.
@Suite("Documented messages")
struct RecoveryMessagesTests {
    @Test("every message of the page about recovery comes from a run as the page tells it")
    func messages() async throws {
        let page = try #require(try Document.all().first { $0.name == "Recovery.md" })
        let printed = Self.masked(try await Self.printed())
        let blocks = page.blocks(of: "text")
        #expect(blocks.count >= 7)
        for block in blocks { #expect(printed.contains(Self.masked(block) + "\n"), "\(block)\n\nprinted:\n\(printed)") }
    }

    /// Moments, processes and durations are other ones each time.
    private static func masked(_ text: String) -> String {
        text.replacing(#/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d(:\d\d)?/#, with: "MOMENT")
            .replacing(#/process \d+ of user \w+/#, with: "process N of user U")
            .replacing(#/backend\(\d+\)/#, with: "backend(N)").replacing(
                #/(connected|idle) for \d+ s/#, with: "for N s")
    }

    /// What the program says on the way that the page describes, with every message that it explains.
    private static func printed() async throws -> String {
        try await TestDatabase.with { database in
            let story = try RecoveryStory(database)
            defer { story.remove() }
            try await database.query(
                """
                CREATE TABLE users (id int, email text, verified boolean);
                INSERT INTO users VALUES (1, 'ada@example.com'), (2, 'ada@example.com')
                """)
            try story.failedTransaction()
            try await story.failedIndex()
            try await story.unknownOutcome()
            try await story.invalidIndex()
            try await story.otherRun()
            return story.printed
        }
    }
}
