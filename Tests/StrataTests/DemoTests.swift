// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("strata demo", .serialized, .timeLimit(.minutes(60)))
struct DemoTests {
    /// The server's folder, as the demo's first line says.
    private static func folder(in output: String) -> String? {
        output.firstMatch(of: #/throwaway-postgres-\w+/#).map { String($0.output) }
    }

    private static func prepare() throws -> Scratch {
        let scratch = try Migrations.one()
        try scratch.write("migrations/seed/0001_b.sql", "INSERT INTO a VALUES (1);")
        return scratch
    }

    @Test("Every step ends as it should, and server and folder are gone afterwards")
    func passes() async throws {
        let scratch = try Self.prepare()
        let outcome = try await Program.strata().run(["demo"], in: scratch)
        outcome.expect(0)
        for text in [
            "$ strata migrate\napplied 0001_a.sql", "1 of them: 1 migration applied\n7 of them: nothing to do",
            "9000_broken.sql:2:24: error: relation \"userz\" does not exist", "CHECKSUM MISMATCH: 0001_a.sql",
            "complete, 2 stores", "restored  ok\n", "DAMAGED\n", "postgres: the database postgres is restored",
            "redis: ",
            "# Done; the server and its folder are going away.",
        ] {
            #expect(outcome.output.contains(text))
        }
        #expect(outcome.messages.isEmpty)
        let folder = try #require(Self.folder(in: outcome.output))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/\(folder)"))
        #expect(try await Self.processes(of: folder, in: scratch) == [])
        #expect(try scratch.read("migrations/0001_a.sql") == "CREATE TABLE a (id int);\n")
    }

    @Test("A store of the user's own is none of the demo's")
    func ownStores() async throws {
        let scratch = try Self.prepare()
        // A folder of ChromaDB where it is looked for when nothing names one, and a server's address.
        try scratch.write("data/chroma/chroma.sqlite3", "the user's own")
        let outcome = try await Program.strata().run(
            ["demo"],
            environment: [
                "REDIS_HOST": "192.0.2.1", "REDIS_PORT": "1", "REDIS_PASSWORD": "x", "CHROMA_HOST": "192.0.2.1",
                "NEO4J_HOST": "192.0.2.1", "STRATA_CHROMA_BIN": scratch.path, "PATH": Self.pathWithoutChroma(),
            ], in: scratch)
        outcome.expect(0)
        #expect(try scratch.read("data/chroma/chroma.sqlite3") == "the user's own")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/data") == ["chroma"])
    }

    /// Where ChromaDB is installed for everybody, the demo would use that.
    private static func pathWithoutChroma() -> String {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").filter {
            !FileManager.default.fileExists(atPath: "\($0)/chroma")
        }.joined(separator: ":")
    }

    @Test("With --json it is one document; without a folder of migrations it shows its own")
    func document() async throws {
        let outcome = try await Program.strata().run(["demo", "--json"], in: Scratch())
        outcome.expect(0)
        let document = try outcome.document()
        #expect(document.passed == true)
        let steps = try #require(document.steps)
        #expect(steps.map(\.status).filter { $0 != 0 } == [1, 4, 6])
        #expect(steps.count == 20)
    }

    @Test(
        "Killed in the middle it leaves no folder and no process",
        arguments: ["What is there to do?", "Do it.", "Seed data", "Where are we?"])
    func killed(step: String) async throws {
        try await Self.end(at: step, with: "KILL", status: Outcome.killed)
    }

    @Test("Ctrl-C in the middle ends it with 130 and leaves nothing either")
    func interrupted() async throws {
        try await Self.end(at: "What is there to do?", with: "INT", status: 130)
    }

    /// Becomes the demo, beside a process of its own that looks for a step and ends it: this one, with its other tests, may look too late.
    private static let watched = """
        ( while kill -0 $$; do
            if grep -qF "# $1" /proc/$$/fd/1; then kill -s "$2" $$; break; fi
            sleep 0.02
        done 2> /dev/null & )
        exec "$3" demo
        """

    /// Ends the demo at a step; once more if it was over before the signal came, as can be on a busy machine.
    private static func end(at step: String, with signal: String, status: Int32) async throws {
        let scratch = try prepare()
        let strata = try Program.strata().path
        for _ in 0..<20 {
            let outcome = try await Program.system("sh").run(
                ["-c", watched, "sh", step, signal, strata], in: scratch)
            try await expectNothing(of: try #require(folder(in: outcome.output)), in: scratch)
            guard outcome.status == 0 else { return outcome.expect(status) }
        }
        Issue.record("the demo was over before the signal came, every time")
    }

    @Test("Without PostgreSQL's programs it says what to install")
    func noPostgres() async throws {
        let scratch = try Scratch()
        let outcome = try await Program.strata().run(
            ["demo", "--json"], environment: ["STRATA_POSTGRES_BIN": scratch.path], in: scratch)
        outcome.expect(1, saying: "apt-get install postgresql", "STRATA_POSTGRES_BIN")
        #expect(try outcome.document().error?.status == 1)
    }

    private static func processes(of folder: String, in scratch: Scratch) async throws -> [String] {
        try await Program.system("ps").run(["-A", "-ww", "-o", "args="], in: scratch).lines.filter {
            $0.contains(folder)
        }
    }

    private static func expectNothing(of folder: String, in scratch: Scratch) async throws {
        try await Patience.wait(for: "the folder \(folder) and its processes to go") {
            guard !FileManager.default.fileExists(atPath: "/tmp/\(folder)") else { return false }
            return try await processes(of: folder, in: scratch).isEmpty
        }
    }
}
