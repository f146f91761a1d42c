// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ThrowawayPostgres

@Suite("strata restore", .timeLimit(.minutes(60)))
struct RestoreTests {
    /// What both stores have, as their own tools tell.
    private func state(_ stage: BackupStage) async throws -> [String] {
        // Random tokens, in dumps of newer versions.
        let dump = try await stage.stage.schemaAndData().filter {
            !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict")
        }
        return [dump.joined(separator: "\n"), try await stage.redis("DEBUG", "DIGEST")]
    }

    private func destroy(_ stage: BackupStage) async throws {
        _ = try await stage.stage.query("DROP TABLE b; DELETE FROM a WHERE id > 10; CREATE TABLE wrong ()")
        try await stage.redis("FLUSHALL")
        try await stage.redis("SET", "wrong", "1")
    }

    @Test("All stores come back as they were; --undo brings back what was there before")
    func all() async throws {
        try await BackupStage.with { stage in
            let before = try await state(stage)
            let name = try await stage.backUp()
            try await destroy(stage)
            let destroyed = try await state(stage)

            let plan = try await stage.strata("restore", name, "--dry-run")
            plan.expect(0)
            #expect(plan.output.contains("postgres at ") && plan.output.contains("\nredis at "))
            #expect(try await state(stage) == destroyed)

            let restored = try await stage.strata("restore", name)
            restored.expect(0)
            #expect(restored.output.contains("restore --undo \(name) brings it back"))
            #expect(try await state(stage) == before)
            #expect(try await stage.redis("ROLE").hasPrefix("master"))

            let undone = try await stage.strata("restore", name, "--undo")
            undone.expect(0)
            #expect(try await state(stage) == destroyed)
            try await stage.stage.dropDatabase("\(stage.stage.database)_undone_\(name)")
        }
    }

    @Test("Into another database, with --json; without a store's choice it is asked which one is meant")
    func into() async throws {
        try await BackupStage.with { stage in
            let name = try await stage.backUp()
            let copy = "\(stage.stage.database)_copy"
            let unclear = try await stage.strata("restore", name, "--into", copy)
            unclear.expect(
                64, saying: "--into \(copy) is for one store: choose one with --only, or write STORE=\(copy)")
            let restored = try await stage.strata("restore", name, "--json", "--only", "postgres", "--into", copy)
            restored.expect(0)
            struct Result: Decodable {
                var set: String
                var stores: [String: [String]]
            }
            let result = try restored.decoded(Result.self)
            #expect(result.set == name)
            #expect(result.stores["postgres"]?.first == "the database \(copy) is restored; nothing was replaced")
            let count = try await stage.stage.tool("psql").run(
                ["-XAtq", "-d", stage.stage.server.connectionURL(database: copy), "-c", "SELECT count(*) FROM a"],
                in: stage.scratch)
            #expect(count.output == "2000\n")
            try await stage.stage.dropDatabase(copy)
        }
    }

    @Test("A set that is newer than the files at hand is refused; of an older one it is said")
    func versions() async throws {
        try await BackupStage.with { stage in
            let name = try await stage.backUp()
            try stage.stage.write("0003_c.sql", "CREATE TABLE c ();\n")
            let older = try await stage.strata("restore", name, "--dry-run", "--only", "postgres")
            older.expect(0, saying: "\(name) is older than the migrations at hand: it has core:2, and these go to 3")
            try stage.stage.remove("0003_c.sql")
            try stage.stage.remove("0002_b.sql")
            let newer = try await stage.strata("restore", name, "--only", "postgres")
            newer.expect(4, saying: "\(name) is newer than the migrations at hand: it has core:2, and these end at 1")
            // Wherever it is started: what it cannot compare it says, and a folder that was named has to be there.
            try FileManager.default.moveItem(
                atPath: "\(stage.scratch.path)/migrations", toPath: "\(stage.scratch.path)/files")
            let named = try await stage.strata("restore", name, "--only", "postgres", "--migrations", "files")
            named.expect(4, saying: "\(name) is newer than the migrations at hand")
            let typo = try await stage.strata("restore", name, "--only", "postgres", "--migrations", "file")
            typo.expect(4, saying: "file")
            let elsewhere = try await stage.strata("restore", name, "--only", "postgres", "--dry-run")
            elsewhere.expect(
                0,
                saying:
                    "whether \(name) is newer than the migrations at hand is not known: there is no folder migrations")
            let redis = try await stage.strata("restore", name, "--only", "redis", "--dry-run")
            redis.expect(0)
            #expect(!redis.messages.contains("migrations"), "\(redis)")
        }
    }

    @Test("When one store cannot be restored, none is changed")
    func oneFails() async throws {
        try await BackupStage.with { stage in
            let name = try await stage.backUp()
            try await destroy(stage)
            let before = try await state(stage)
            let outcome = try await stage.strata("restore", name, adding: ["REDIS_URL": "unix:///tmp/nobody-is-here"])
            outcome.expect(2, saying: "/tmp/nobody-is-here")
            #expect(try await state(stage) == before)
            let nothing = try await stage.strata("restore", name, "--undo")
            nothing.expect(1, saying: "postgres: ", "redis: ")
        }
    }

    @Test("A store alone is restored whatever is the matter with the others")
    func alone() async throws {
        try await BackupStage.with { stage in
            let name = try await stage.backUp()
            try stage.stage.remove("0002_b.sql")
            try stage.stage.write("nonsense.sql", "SELECT 1;\n")
            let before = try await stage.redis("DEBUG", "DIGEST")
            try await stage.redis("FLUSHALL")
            try await stage.strata("restore", name, "--only", "redis").requireStatus(0)
            #expect(try await stage.redis("DEBUG", "DIGEST") == before)
            let json = try await stage.strata("restore", name, "--json", "--into", "x")
            json.expect(64)
            #expect(try json.document().error?.status == 64)
        }
    }

    @Test("Half a set is not restored by accident")
    func partial() async throws {
        try await BackupStage.with { stage in
            let complete = try await stage.backUp()
            let outcome = try await stage.strata("backup", adding: ["DATABASE_URL": "postgresql:///x?host=/tmp/nobody"])
            outcome.expect(1, saying: " is partial: postgres could not be saved")
            let name = try #require(stage.names.last)
            let latest = try await stage.strata("restore", "latest")
            latest.expect(
                1, saying: "the newest set, \(name), is partial: postgres could not be saved then",
                "\(complete) is the newest complete one")
            let named = try await stage.strata("restore", name)
            named.expect(0, saying: "\(name) is partial: postgres could not be saved then, and stays as it is now")
        }
    }

    @Test("A set is found by its path, from elsewhere, and read-only")
    func moved() async throws {
        try await BackupStage.with { stage in
            let name = try await stage.backUp("--only", "redis")
            try FileManager.default.copyItem(
                atPath: "\(stage.backups)/\(name)", toPath: "\(stage.scratch.path)/elsewhere")
            try FileManager.default.removeItem(atPath: "\(stage.backups)/\(name)")
            let before = try await stage.redis("DEBUG", "DIGEST")
            try await stage.redis("FLUSHALL")
            try await stage.strata("verify-backup", "./elsewhere", "--restore").requireStatus(0)
            try FileManager.default.createSymbolicLink(
                atPath: "\(stage.scratch.path)/link", withDestinationPath: "elsewhere")
            try await stage.strata("verify-backup", "./link").requireStatus(0)
            try await stage.strata("restore", "./elsewhere").requireStatus(0)
            #expect(try await stage.redis("DEBUG", "DIGEST") == before)
        }
    }
}

extension Stage {
    /// All that `pg_dump` writes of the database, as lines.
    fileprivate func schemaAndData() async throws -> [String] {
        let outcome = try await tool("pg_dump").run([url], in: scratch)
        try outcome.requireStatus(0)
        return outcome.output.split(separator: "\n").map(String.init)
    }
}
