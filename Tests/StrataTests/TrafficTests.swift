// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// An `ALTER TABLE` behind a reader that stays, while pgbench reads and writes the table.
@Suite("Live traffic", .serialized, .timeLimit(.minutes(60)))
struct TrafficTests {
    private static let alter = "ALTER TABLE account ADD COLUMN note text;\n"
    private static let passed = "SELECT sum(balance) FROM account"

    /// How many sessions of this database wait for a lock on a table.
    private static let waiting = """
        SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    /// Runs the body while another session has read the table in a transaction that stays open.
    private static func withReader(_ stage: Stage, _ body: () async throws -> Void) async throws {
        let statement = "BEGIN; SELECT count(*) FROM account; SELECT pg_sleep(3600) AS the_reader"
        let reader = try await stage.tool("psql").run(["-XAtq", "-d", stage.url, "-c", statement], in: stage.scratch) {
            _ in
            try await stage.waitUntilServerSleeps(in: "the_reader")
            try await body()
        }
        // The body ended its session.
        #expect(reader.status != 0)
    }

    /// All that was done to the table, each exactly once.
    private static func check(_ stage: Stage, _ traffic: LiveTraffic) async throws {
        #expect(try await stage.history() == ["core:1 0001_note.sql"])
        #expect(
            try await stage.query("SELECT count(*), sum(balance), count(note) FROM account")
                == "\(LiveTraffic.rows)|\(traffic.latencies.count)|0")
    }

    @Test("It passes by a migration that waits for a long reader, and the migration gets done when the reader leaves")
    func passes() async throws {
        try await Stage.with { stage in
            try stage.write("0001_note.sql", Self.alter)
            var stay = Duration.zero
            let traffic = try await LiveTraffic.during(stage) {
                try await Self.withReader(stage) {
                    let limits = ["--lock-timeout", "off", "--max-queue", "0", "--max-queue-time", "100ms"]
                    let start = ContinuousClock.now
                    let before = try #require(Int(try await stage.query(Self.passed)))
                    try await stage.strata(["migrate", "--retry-time", "1h"] + limits) { run in
                        try await Patience.wait(for: "the traffic to pass by it again and again") {
                            let retries = run.messages.components(separatedBy: "was undone").count - 1
                            let after = try #require(Int(try await stage.query(Self.passed)))
                            return retries >= 3 && after - before >= 300
                        }
                        stay = .now - start
                        try await stage.endSessions(executing: "the_reader")
                    }.expect(0, saying: " waited for it for longer than 0.1 seconds", "the_reader")
                }
            }
            #expect(.seconds(traffic.worst) < stay)
            try await Self.check(stage, traffic)
        }
    }

    @Test("With both limits off it stands still until the reader leaves")
    func standsStill() async throws {
        try await Stage.with { stage in
            try stage.write("0001_note.sql", Self.alter)
            var stay = Duration.zero
            let traffic = try await LiveTraffic.during(stage) {
                try await Self.withReader(stage) {
                    try await stage.strata("migrate", "--lock-timeout", "off", "--max-queue", "off") { _ in
                        try await stage.wait(until: Self.waiting, is: "\(1 + LiveTraffic.clients)")
                        let start = ContinuousClock.now
                        try await Task.sleep(for: .seconds(2))
                        stay = .now - start
                        #expect(try await stage.query(Self.waiting) == "\(1 + LiveTraffic.clients)")
                        try await stage.endSessions(executing: "the_reader")
                    }.expect(0)
                }
            }
            #expect(.seconds(traffic.worst) >= stay)
            try await Self.check(stage, traffic)
        }
    }
}
