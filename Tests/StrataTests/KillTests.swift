// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("A runner that is killed with SIGKILL", .timeLimit(.minutes(60)))
struct KillTests {
    private static let migrations = 60

    /// Migrations of several statements each, with data, so that anything half-done or done twice would show.
    private static func prepare(_ stage: Stage) throws {
        try stage.write("0001_log.sql", "CREATE TABLE log (entry int);\nCREATE TYPE mood AS ENUM ('fine');")
        for number in 2...migrations {
            let name = String(String(10_000 + number).dropFirst())
            try stage.write(
                "\(name)_step.sql",
                """
                INSERT INTO log VALUES (\(number));
                CREATE TABLE t\(number) (id int PRIMARY KEY, body text, mood mood);
                INSERT INTO t\(number) SELECT n, repeat('x', 40) FROM generate_series(1, 400) AS n;
                CREATE INDEX ON t\(number) (body, id);
                CREATE FUNCTION f\(number)() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM t\(number) $$;
                """)
        }
    }

    /// Everything that has to be equal: the schema, the history and the data.
    private static func state(_ stage: Stage) async throws -> String {
        let history = try await stage.query(
            "SELECT component, version, checksum, description FROM schema_versions ORDER BY 1, 2")
        let log = try await stage.query("SELECT string_agg(entry::text, ' ' ORDER BY entry) FROM log")
        return [history, log, try await stage.schema()].joined(separator: "\n")
    }

    /// How many kills: 40, unless a longer search is asked for with the variable `STRATA_TEST_KILLS`.
    private static var kills: Int {
        ProcessInfo.processInfo.environment["STRATA_TEST_KILLS"].flatMap { Int($0) } ?? 40
    }

    @Test("At whatever moment: started again, it ends in the state of an undisturbed run")
    func anyMoment() async throws {
        // Several at once, as below: on a busy machine a run takes longer than alone.
        let undisturbed = try await withThrowingTaskGroup(of: Undisturbed.self) { group in
            for _ in 0..<4 { group.addTask { try await Self.undisturbedRun() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let expected = try #require(undisturbed.first).state
        #expect(undisturbed.allSatisfy { $0.state == expected })
        let duration = undisturbed.map(\.duration).reduce(.zero, +) / undisturbed.count
        let kills = Self.kills
        var numbers = SeededNumbers(seed: 20_250_916)
        // One moment in each of as many equal parts of the run: by the clock, and by what is applied, because the clock
        // says little on a machine that has other things to do.
        let moments = (0..<kills).map { index in
            let part = (Double(index) + Double.random(in: 0..<1, using: &numbers)) / Double(kills)
            return index.isMultiple(of: 2)
                ? Moment.time(duration * part) : .applied(Int(Double(Self.migrations) * part))
        }
        let applied = try await withThrowingTaskGroup(of: Int?.self) { group in
            for moment in moments {
                group.addTask { try await Self.kill(at: moment, expecting: expected) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let hits = applied.compactMap { $0 }
        let within = hits.filter { $0 > 0 && $0 < Self.migrations }
        print(
            """
            \(kills) kills over \(duration): \(hits.count) before the end of the run, \(within.count) of them with some \
            but not all migrations applied (\(within.min() ?? 0) to \(within.max() ?? 0) of \(Self.migrations))
            """)
        #expect(!within.isEmpty, "no kill came in the middle of the run")
    }

    /// When a run is killed.
    private enum Moment: Sendable {
        case time(Duration)
        /// As soon as so many migrations are seen in the history.
        case applied(Int)
    }

    /// What a run makes that nobody disturbs, and how long it takes.
    private struct Undisturbed: Sendable {
        var state: String
        var duration: Duration
    }

    private static func undisturbedRun() async throws -> Undisturbed {
        try await Stage.with { stage in
            try prepare(stage)
            let start = ContinuousClock.now
            try await stage.strata("migrate").requireStatus(0)
            let duration = ContinuousClock.now - start
            return Undisturbed(state: try await state(stage), duration: duration)
        }
    }

    /// Kills a run after some time, and starts it again.
    ///
    /// - Returns: How many migrations were applied when it was killed; `nil` if it was done before.
    private static func kill(at moment: Moment, expecting expected: String) async throws -> Int? {
        try await Stage.with { stage in
            try prepare(stage)
            let killed = try await stage.strata("migrate") { run in
                switch moment {
                case .time(let time): try await Task.sleep(for: time)
                case .applied(let count):
                    try await Patience.wait(for: "\(count) migrations") { try await stage.history().count >= count }
                }
                run.kill()
            }
            let applied = killed.status == Outcome.killed ? try await stage.history().count : nil
            let again = try await stage.strata("migrate")
            again.expect(0)
            #expect(try await state(stage) == expected, "killed at \(moment)")
            return applied
        }
    }

    @Test("In the middle of a long statement: the server notices, and the next run goes on")
    func inStatement() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try stage.write([
                "0001_a.sql": "CREATE TABLE a (id int);", "0002_slow.sql": "CREATE TABLE b (id int);\n" + Stage.pause,
            ])
            let killed = try await stage.strata("migrate") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                run.kill()
            }
            #expect(killed.status == Outcome.killed)
            // It would sleep for an hour.
            try await stage.waitUntilServerStopped("pg_sleep")
            #expect(try await stage.tables() == ["a", "pause"])
            #expect(try await stage.history() == ["core:1 0001_a.sql"])
            try await stage.hurry()
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.tables() == ["a", "b", "pause"])
        }
    }

    @Test("With --single-transaction nothing of the run stays, and the next one does all of it")
    func singleTransaction() async throws {
        try await Stage.with { stage in
            try await stage.preparePause()
            try stage.write([
                "0001_a.sql": "CREATE TABLE a (id int);", "0002_slow.sql": "CREATE TABLE b (id int);\n" + Stage.pause,
            ])
            let killed = try await stage.strata("migrate", "--single-transaction") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                run.kill()
            }
            #expect(killed.status == Outcome.killed)
            try await stage.waitUntilServerStopped("pg_sleep")
            #expect(try await stage.tables() == ["pause"])
            try await stage.hurry()
            try await stage.strata("migrate", "--single-transaction").expect(0)
            #expect(try await stage.history().count == 2)
        }
    }
}
