// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import ThrowawayPostgres

/// What happens when a whole deployment starts in the same second.
@Suite("A crowd of processes", .serialized, .timeLimit(.minutes(60)))
struct CrowdTests {
    private static let count = 32

    /// How many rounds of each kind: one, unless a longer search is asked for with the variable `STRATA_TEST_ROUNDS`.
    private static var rounds: Int {
        ProcessInfo.processInfo.environment["STRATA_TEST_ROUNDS"].flatMap { Int($0) } ?? 1
    }

    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case empty = "on an empty database"
        case warm = "on a database that has a part of it"
        case killed = "one of them killed at some moment"
        case older = "half of them with an older folder"

        var testDescription: String { rawValue }
    }

    private static let early: KeyValuePairs = [
        "0001_log.sql": "CREATE TABLE log (migration int);\nCREATE SEQUENCE tries;\nINSERT INTO log VALUES (1);",
        "0002_slow.sql": "INSERT INTO log VALUES (2);\nSELECT pg_sleep(0.2);",
        // Fails the first time as a statement does that gets no lock. What a sequence handed out is not undone.
        "0003_once.sql": """
        INSERT INTO log VALUES (3);
        DO $$ BEGIN
            IF nextval('tries') = 1 THEN RAISE EXCEPTION 'not now' USING ERRCODE = 'lock_not_available'; END IF;
        END $$;
        """,
    ]
    private static let late: KeyValuePairs = [
        "0004_index.sql": "CREATE INDEX CONCURRENTLY log_migration ON log (migration);",
        "0005_last.sql": "INSERT INTO log VALUES (5);",
    ]

    @Test("All of them succeed, and each migration is executed exactly once", arguments: Kind.allCases)
    func rounds(kind: Kind) async throws {
        var numbers = SeededNumbers(seed: 20_260_923)
        var wasKilled = 0
        for _ in 0..<Self.rounds {
            let victim = kind == .killed ? Int.random(in: 0..<Self.count, using: &numbers) : nil
            let moment = Duration.milliseconds(Int.random(in: 0..<800, using: &numbers))
            let outcomes = try await round(kind, victim: victim, at: moment)
            let killed = outcomes.filter { $0.status == Outcome.killed }
            wasKilled += killed.count
            #expect(killed.count <= (victim == nil ? 0 : 1))
            for outcome in outcomes where outcome.status != Outcome.killed { outcome.expect(0) }
        }
        let log = try await TestServer.crowd.running().log()
        #expect(!log.contains("deadlock detected"))
        print("crowd of \(Self.count), \(kind.rawValue): \(Self.rounds) rounds, \(wasKilled) killed, no deadlock")
    }

    /// One round.
    ///
    /// - Parameters:
    ///   - victim: The process to kill; an even number stands for the one that has the lock then.
    ///   - moment: When to kill it, after the start of all.
    private func round(_ kind: Kind, victim: Int?, at moment: Duration) async throws -> [Outcome] {
        try await Stage.with(on: .crowd) { stage in
            for (name, text) in Self.early {
                try stage.write(name, text)
                try stage.scratch.write("older/\(name)", text)
            }
            if kind == .warm { try await stage.strata("migrate").expect(0) }
            try stage.write(Self.late)
            let condemned = Task {
                guard let victim else { return nil as String? }
                try await Task.sleep(for: moment)
                return victim.isMultiple(of: 2) ? try await Self.lockHolder(stage) : "process\(victim)"
            }
            let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
                for number in 0..<Self.count {
                    let older = kind == .older && number.isMultiple(of: 2)
                    let arguments = ["migrate"] + (older ? ["--migrations", "older"] : [])
                    let environment = ["DATABASE_URL": "\(stage.url)&application_name=process\(number)"]
                    group.addTask {
                        try await stage.strata(arguments, environment: environment) { run in
                            if try await condemned.value == "process\(number)" { run.kill() }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(
                try await stage.query("SELECT string_agg(migration::text, ' ' ORDER BY migration) FROM log")
                    == "1 2 3 5")
            #expect(try await stage.history().count == 5)
            #expect(try await stage.query("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "0")
            let ours = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            try await stage.wait(
                until: "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND \(ours)", is: "0")
            return outcomes
        }
    }

    /// The name of the process that has the lock; it can be over in the next moment.
    private static func lockHolder(_ stage: Stage) async throws -> String {
        for _ in 0..<100 {
            let name = try await stage.query(
                """
                SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database() LIMIT 1
                """)
            if !name.isEmpty { return name }
        }
        return ""
    }
}
