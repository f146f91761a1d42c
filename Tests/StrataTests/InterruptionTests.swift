// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Interrupted runs", .timeLimit(.minutes(60)))
struct InterruptionTests {
    enum Way: String, CaseIterable, Sendable {
        case interrupt, terminate

        func apply(to run: RunningProgram) {
            switch self {
            case .interrupt: run.interrupt()
            case .terminate: run.terminate()
            }
        }
    }

    private static func prepare(_ stage: Stage) async throws {
        try await stage.preparePause()
        try stage.write([
            "0001_a.sql": "CREATE TABLE a (id int);", "0002_slow.sql": "CREATE TABLE b (id int);\n" + Stage.pause,
            "0003_c.sql": "CREATE TABLE c (id int);",
        ])
    }

    @Test(
        "Ctrl-C and SIGTERM cancel the statement on the server and roll back: 130, and nothing half-done is recorded",
        arguments: Way.allCases)
    func cancelled(way: Way) async throws {
        try await Stage.with { stage in
            try await Self.prepare(stage)
            let outcome = try await stage.strata("migrate", "--json") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                way.apply(to: run)
            }
            outcome.expect(
                130, saying: "interrupting; press Ctrl-C again to leave at once",
                "0002_slow.sql:2:1: error: canceling statement due to user request",
                "Nothing of 0002_slow.sql was applied. 1 migration before it was (0001).")
            let document = try outcome.document()
            #expect(document.error?.code == "cancelled")
            #expect(document.error?.failed?.file == "0002_slow.sql")
            #expect(document.applied?.map(\.file) == ["0001_a.sql"])
            // At this moment already, because the program waited for the server's answer.
            #expect(try await !stage.serverExecutes("pg_sleep"))
            #expect(try await stage.tables() == ["a", "pause"])
            #expect(try await stage.history() == ["core:1 0001_a.sql"])
            try await stage.hurry()
            try await stage.strata("migrate").expect(0)
            #expect(try await stage.tables() == ["a", "b", "c", "pause"])
        }
    }

    @Test("A run that waits for the lock can be interrupted too, and leaves the other one alone")
    func whileWaiting() async throws {
        try await Stage.with { stage in
            try await Self.prepare(stage)
            let first = try await stage.strata("migrate") { run in
                try await stage.waitUntilServerSleeps(in: "pg_sleep")
                let second = try await stage.strata("migrate") { waiting in
                    try await Patience.wait(for: "the note about the lock") {
                        waiting.messages.contains("waiting for another run to finish: strata, process ")
                    }
                    waiting.interrupt()
                }
                second.expect(130, saying: "interrupted")
                #expect(second.output.isEmpty)
                run.interrupt()
            }
            first.expect(130)
        }
    }

    @Test("A second Ctrl-C leaves at once, also when the server does not obey; it rolls back by itself")
    func twice() async throws {
        try await Stage.with { stage in
            try stage.write(
                "0001_stubborn.sql",
                """
                CREATE TABLE a (id int);
                DO $$
                BEGIN
                    LOOP
                        BEGIN
                            PERFORM pg_sleep(3600) AS stubborn;
                        EXCEPTION WHEN query_canceled THEN
                            RAISE WARNING 'not now';
                        END;
                    END LOOP;
                END $$;
                """)
            let outcome = try await stage.strata("migrate") { run in
                try await stage.waitUntilServerSleeps(in: "stubborn")
                run.interrupt()
                try await Patience.wait(for: "the first Ctrl-C") { run.messages.contains("not now") }
                run.interrupt()
            }
            outcome.expect(130, saying: "press Ctrl-C again to leave at once")
            try await stage.waitUntilServerStopped("stubborn")
            #expect(try await stage.tables() == [])
            #expect(try await stage.history() == [])
        }
    }

    @Test("A connection that does not come about can be interrupted")
    func whileConnecting() async throws {
        let scratch = try Migrations.one()
        let listener = """
            import os, signal, socket, struct, time
            server = socket.socket(socket.AF_UNIX)
            server.bind(".s.PGSQL.5432")
            server.listen()
            open("listening", "w").close()
            connection, _ = server.accept()
            connection.recv(8)
            # At once: the program waits for ten seconds only.
            peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            os.kill(struct.unpack("3i", peer)[0], signal.SIGINT)
            time.sleep(3600)
            """
        let silence = try await Program.system("python3").run(["-c", listener], in: scratch) { silent in
            try await Patience.wait(for: "a server that says nothing") { scratch.has("listening") }
            let outcome = try await Program.strata().run(
                ["migrate"], environment: ["PGHOST": scratch.path, "PGUSER": "u"], in: scratch)
            outcome.expect(130, saying: "interrupted while connecting")
            silent.kill()
        }
        #expect(silence.status == Outcome.killed)
    }
}
