// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ThrowawayPostgres

@Suite("strata restore --undo", .timeLimit(.minutes(60)))
struct UndoTests {
    private static let fill = """
        import chromadb, sys
        chromadb.PersistentClient(sys.argv[1]).get_or_create_collection("notes").add(ids=["a"], embeddings=[[1, 0, 0]])
        """

    /// What PostgreSQL and Redis have.
    private func state(_ stage: BackupStage) async throws -> [String] {
        [try await stage.stage.query("SELECT count(*) FROM a"), try await stage.redis("DEBUG", "DIGEST")]
    }

    /// The databases whose names begin with that of the stage.
    private func databases(_ stage: BackupStage) async throws -> [String] {
        let sql = "SELECT datname FROM pg_database WHERE starts_with(datname, current_database()) ORDER BY 1"
        return try await stage.stage.query(sql).split(separator: "\n").map(String.init)
    }

    private func change(_ stage: BackupStage, to number: Int) async throws -> [String] {
        _ = try await stage.stage.query("DELETE FROM b; DELETE FROM a WHERE id > \(number)")
        try await stage.redis("SET", "number", "\(number)")
        return try await state(stage)
    }

    @Test("When one store cannot be undone, none is; then all are")
    func together() async throws {
        try await BackupStage.with { stage in
            let chroma = "\(stage.scratch.path)/chroma"
            let variables = ["CHROMA_PATH": chroma]
            try await ChromaPython.run(Self.fill, chroma, in: stage.scratch)
            let made = try await stage.strata("backup", "--json", adding: variables)
            try made.requireStatus(0)
            let name = try made.decoded(SetDocument.self).name
            let present = try await change(stage, to: 7)
            try Data().write(to: URL(fileURLWithPath: "\(chroma)/mark"))
            try await stage.strata("restore", name, adding: variables).requireStatus(0)
            let past = try await state(stage)
            #expect(past != present)

            // As a server has it that is idle.
            let server = unsafe open("\(chroma)/chroma.sqlite3", O_RDONLY | O_CLOEXEC)
            try #require(server >= 0)
            let refused = try await stage.strata("restore", name, "--undo", adding: variables)
            close(server)
            refused.expect(1, saying: "chroma cannot be brought back: ChromaDB is running", "No store was changed.")
            #expect(refused.output == "")
            #expect(try await state(stage) == past)

            // Nor is one left behind that nothing names any more.
            let forgotten = try await stage.strata("restore", name, "--undo", adding: ["REDIS_URL": ""])
            forgotten.expect(1, saying: "redis is not configured: set REDIS_URL")
            #expect(try await state(stage) == past)

            try await stage.strata("restore", name, "--undo", adding: variables).requireStatus(0)
            #expect(try await state(stage) == present)
            #expect(FileManager.default.fileExists(atPath: "\(chroma)/mark"))
            let nothing = try await stage.strata("restore", name, "--undo", adding: variables)
            nothing.expect(1, saying: "chroma: there is no ", "postgres: there is no ", "redis: there is no ")
            try await drop(stage, try await databases(stage).dropFirst())
        }
    }

    @Test("It is kept what was there before, and what was undone, however often; the newest is brought back")
    func again() async throws {
        try await BackupStage.with { stage in
            let name = try await stage.backUp()
            let past = try await state(stage)
            for round in 1...3 {
                let present = try await change(stage, to: round)
                let restored = try await stage.strata("restore", name)
                restored.expect(0)
                #expect(restored.output.contains("postgres: restore --undo \(name) brings it back"))
                #expect(try await state(stage) == past)
                let undone = try await stage.strata("restore", name, "--undo")
                undone.expect(0)
                #expect(try await state(stage) == present)
                let database = "\(stage.stage.database)_undone_\(name)\(round == 1 ? "" : ".\(round - 1)")"
                #expect(undone.output.contains("what had been restored is kept as \(database)"), "\(undone)")
                #expect(try await databases(stage).contains(database))
            }
            // Not undone in between: what the first one kept gets a number.
            let first = try await change(stage, to: 0)
            try await stage.strata("restore", name).requireStatus(0)
            let second = try await change(stage, to: 5)
            let twice = try await stage.strata("restore", name)
            let before = "\(stage.stage.database)_before_\(name)"
            twice.expect(0, saying: "kept as \(before) is called \(before).1 from now on")
            try await stage.strata("restore", name, "--undo").requireStatus(0)
            #expect(try await state(stage) == second)
            #expect(first != second)
            let count = try await stage.stage.tool("psql").run(
                [
                    "-XAtq", "-d", stage.stage.server.connectionURL(database: "\(before).1"), "-c",
                    "SELECT count(*) FROM a",
                ],
                in: stage.scratch)
            #expect(count.output == "0\n", "\(count)")
            let nothing = try await stage.strata("restore", name, "--undo")
            nothing.expect(1, saying: "What earlier restores of it kept is still there: \(before).1.")
            try await drop(stage, try await databases(stage).dropFirst())
        }
    }

    private func drop(_ stage: BackupStage, _ databases: some Sequence<String>) async throws {
        for name in databases { try await stage.stage.dropDatabase(name) }
    }
}
