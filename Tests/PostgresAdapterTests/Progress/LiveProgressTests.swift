// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("Progress of long commands")
struct LiveProgressTests {
    struct Case: CustomTestStringConvertible {
        var script: String
        var setup = ""
        var command: String
        var phase: String?
        var unit: StoreProgress.Unit?
        var knowsTotal = false
        var testDescription: String { command }
    }

    private static let index = "CREATE INDEX held ON big (hold(n));"
    private static let trigger = """
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM hold(new.n); RETURN new; END $$;
        CREATE TRIGGER wait BEFORE INSERT ON big FOR EACH ROW EXECUTE FUNCTION wait();
        """
    private static let file = "current_setting('data_directory') || '/' || current_database()"

    static let cases = [
        Case(
            script: index, command: "CREATE INDEX", phase: "building index: scanning table", unit: .blocks,
            knowsTotal: true),
        Case(
            script: "CREATE INDEX CONCURRENTLY ON big (hold(n))", command: "CREATE INDEX CONCURRENTLY",
            phase: "building index: scanning table", unit: .blocks, knowsTotal: true),
        Case(
            script: "REINDEX INDEX held", setup: index, command: "REINDEX", phase: "building index: scanning table",
            unit: .blocks, knowsTotal: true),
        Case(
            script: "CLUSTER big USING held", setup: index, command: "CLUSTER", phase: "rebuilding index",
            unit: .indexes),
        Case(
            script: "VACUUM FULL big", setup: index, command: "VACUUM FULL", phase: "rebuilding index", unit: .indexes),
        Case(script: "ANALYZE big", setup: index, command: "ANALYZE", phase: "computing statistics"),
        Case(
            script: "COPY big FROM stdin;\n1\n2\n3\n4\n5000\n6\n\\.\n", setup: trigger, command: "COPY FROM",
            unit: .tuples),
        Case(
            script: "DO $$ BEGIN EXECUTE format('COPY big FROM %L', \(file)); END $$",
            setup: "DO $$ BEGIN EXECUTE format('COPY big TO %L', \(file)); END $$;" + trigger,
            command: "COPY FROM", unit: .bytes, knowsTotal: true),
    ]

    @Test("A command is told with its phase, its table and how far it is", arguments: cases)
    func phases(of test: Case) async throws {
        try await TestDatabase.with { database in
            let run = HeldRun(database: database)
            let found = try await run.progress(of: test.script, setup: test.setup) {
                // The server may be looked at before the rows that it is given have come to it.
                $0.command == test.command && $0.phase == test.phase && $0.amount?.unit == test.unit
                    && (test.unit != .tuples || $0.amount?.done == 4)
                    && (!test.knowsTotal || ($0.fraction ?? 0) > 0)
            }
            let progress = try #require(found)
            #expect(progress.migration.path == "0001_step.sql")
            #expect(progress.object == "big")
            #expect(progress.waitsFor == nil)
            if test.knowsTotal {
                let fraction = try #require(progress.fraction)
                #expect(0 < fraction && fraction <= 1, "\(progress)")
            } else {
                #expect(progress.fraction == nil)
            }
            if test.unit == .tuples { #expect(progress.amount?.done == 4) }
            try await expectQuietEnd(of: run)
        }
    }

    @Test("CREATE INDEX CONCURRENTLY tells whom it waits for")
    func lockers() async throws {
        try await TestDatabase.with { database in
            // With the delay that everybody has.
            let run = HeldRun(database: database, options: PostgresVersionStore.Options())
            let progress = try #require(
                try await run.progress(
                    of: "CREATE INDEX CONCURRENTLY ON big (n)",
                    holding: "SET application_name = 'a writer'; BEGIN; INSERT INTO big VALUES (0)",
                    releasing: "COMMIT"
                ) { $0.phase == "waiting for writers before build" && $0.amount != nil })
            #expect(progress.command == "CREATE INDEX CONCURRENTLY")
            #expect(progress.object == "big")
            #expect(progress.amount == StoreProgress.Amount(0, of: 1, .lockers))
            let holder = try #require(progress.waitsFor?.description)
            #expect(holder.hasPrefix("process ") && holder.hasSuffix(", a writer"))
            try await expectQuietEnd(of: run)
        }
    }

    @Test("VACUUM tells the blocks that it scanned")
    func vacuum() async throws {
        // On a server of its own: with an older transaction in any of its databases there would be nothing to freeze.
        try await TestDatabase.withServerOfItsOwn { database in
            let run = HeldRun(database: database)
            // To freeze the rows of a block it waits until no cursor stands on that any more.
            let progress = try #require(
                try await run.progress(
                    of: "VACUUM (FREEZE) big",
                    holding: "BEGIN; DECLARE c CURSOR FOR SELECT * FROM big; FETCH 2000 FROM c",
                    releasing: "COMMIT"
                ) { $0.phase == "scanning heap" && ($0.amount?.done ?? 0) > 0 })
            #expect(progress.command == "VACUUM")
            #expect(progress.object == "big")
            #expect(progress.amount?.unit == .blocks)
            #expect(try #require(progress.fraction) < 1)
            try await expectQuietEnd(of: run)
        }
    }

    /// After the run its progress is ended, once, before the migration is told to be executed, and the second connection is gone.
    private func expectQuietEnd(of run: HeldRun) async throws {
        let told = run.events.events.map { event in
            switch event {
            case .progress: "progress"
            case .progressEnded: "ended"
            case .executed: "executed"
            default: "other"
            }
        }
        #expect(told.last { $0 != "other" && $0 != "executed" } == "ended")
        #expect(zip(told, told.dropFirst()).allSatisfy { $1 != "ended" || $0 == "progress" }, "\(told)")
        let executed = try #require(told.lastIndex(of: "executed"))
        #expect(try #require(told.lastIndex(of: "ended")) < executed)
        #expect(try await eventually { try await run.database.monitors().isEmpty })
    }
}
