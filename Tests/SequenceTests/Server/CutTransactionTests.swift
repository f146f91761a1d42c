// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

@Suite("Transactions whose connection is cut", .timeLimit(.minutes(15)))
struct CutTransactionTests {
    private let source = ScriptSource([
        "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);", "INSERT INTO a VALUES (2);", "CREATE INDEX ON a (id);",
    ])

    @Test(
        "Wherever it is cut, no outcome stays unknown: the run goes on, or says exactly what is applied",
        arguments: [false, true])
    func everywhere(singleTransaction: Bool) async throws {
        let options = RunOptions(singleTransaction: singleTransaction)
        try await TestDatabase.with(among: .lasting) { database in
            let undisturbed = try await run(in: database, options, cut: nil)
            var resolved = 0
            for cut in CutPoint.all(messages: undisturbed.messages) {
                try await database.query("DROP TABLE IF EXISTS a, schema_versions, schema_versions_journal")
                let result = try await run(in: database, options, cut: cut)
                if let error = result.error {
                    #expect(error.code == .storeUnavailable, "\(cut): \(error)")
                    // The server may still be at what it got: the lock tells when it is done.
                    #expect(try await eventually { try await database.advisoryLockCount() == 0 })
                    let history = try await database.history()
                    #expect(error.report.applied.map(\.migration.id.description) == history, "\(cut): \(error)")
                    try await database.migrate(source)
                } else if result.events.contains(where: { if case .reconnecting = $0 { true } else { false } }) {
                    resolved += 1
                }
                #expect(try await database.history() == ["core:1", "core:2", "core:3"], "\(cut)")
                #expect(try await database.query("SELECT string_agg(id::text, ' ' ORDER BY id) FROM a") == ["1 2"])
            }
            #expect(resolved > 0)
        }
    }

    private func run(
        in database: TestDatabase, _ options: RunOptions, cut: CutPoint?
    ) async throws -> (messages: Int, error: MigrationError?, events: [MigrationEvent]) {
        let server = database.server
        let proxy = try ProtocolProxy(
            server: "\(server.socketDirectory)/.s.PGSQL.\(server.port)", cut: cut)
        defer { proxy.close() }
        let store = PostgresVersionStore(
            database.configuration(["host": proxy.folder, "port": "5432"]),
            options: .init(lockTimeout: nil, queueLimit: nil, progressDelay: nil))
        let events = EventLog()
        do {
            try await MigrationRunner(source: source, store: store, options: options) { events.add($0) }.applyPending()
            return (proxy.messages.count, nil, events.events)
        } catch {
            return (proxy.messages.count, error, events.events)
        }
    }
}
