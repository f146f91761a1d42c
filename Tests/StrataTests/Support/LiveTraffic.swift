// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What came of clients that read and wrote a table all the time, as `pgbench` has them.
struct LiveTraffic {
    static let clients = 4
    static let rows = 100

    /// For how long each transaction's session had to wait for its end, in seconds.
    let latencies: [Double]

    var worst: Double { latencies.max() ?? 0 }

    /// Runs the body while the clients are at work on a table `account`, which this makes; lets them finish what they began.
    static func during(_ stage: Stage, _ body: () async throws -> Void) async throws -> LiveTraffic {
        _ = try await stage.query(
            """
            CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL) WITH (fillfactor = 50);
            INSERT INTO account SELECT n, 0 FROM generate_series(1, \(rows)) n
            """)
        try stage.scratch.write(
            "traffic/script.sql",
            """
            \\set id random(1, \(rows))
            BEGIN;
            SELECT balance FROM account WHERE id = :id;
            UPDATE account SET balance = balance + 1 WHERE id = :id;
            COMMIT;

            """)
        let outcome = try await stage.tool("pgbench").run(
            [
                "--no-vacuum", "--client=\(clients)", "--rate=100", "--time=3600", "--log",
                "--log-prefix=traffic/log", "--file=traffic/script.sql", stage.url,
            ], in: stage.scratch
        ) { run in
            do {
                try await stage.wait(until: "SELECT sum(balance) >= \(clients) FROM account", is: "t")
                try await body()
            } catch {
                run.kill()
                throw error
            }
            run.alarm()
        }
        try outcome.requireStatus(0)
        for line in outcome.lines where line.contains("number of failed transactions") {
            #expect(line.hasPrefix("number of failed transactions: 0 "))
        }
        return LiveTraffic(latencies: try latencies(stage))
    }

    /// Reads a line for each transaction: client, number, microseconds, script, two of the end's time, and those of its late start.
    private static func latencies(_ stage: Stage) throws -> [Double] {
        let folder = "\(stage.scratch.path)/traffic"
        let logs = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("log.") }
        return try logs.flatMap { try stage.scratch.read("traffic/\($0)").split(separator: "\n") }.map { line in
            let columns = line.split(separator: " ").compactMap { Double($0) }
            try #require(columns.count >= 7, "not a line of pgbench: \(line)")
            return (columns[2] - columns[6]) / 1_000_000
        }
    }
}
