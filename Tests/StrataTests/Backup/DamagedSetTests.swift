// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import Testing
import ThrowawayPostgres

@Suite("Damage that was signed", .timeLimit(.minutes(60)))
struct DamagedSetTests {
    /// Damage of real parts, after which every digest is made to fit: only reading and restoring find it.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let damage: @Sendable (SignedSet, BackupStage) async throws -> Void

        init(_ name: String, _ damage: @escaping @Sendable (SignedSet, BackupStage) async throws -> Void) {
            testDescription = name
            self.damage = damage
        }
    }

    private static let rdb = "redis/dump.rdb"

    static let damages = [
        Damage("an empty dump") { set, _ in try set.replace(set.dump, with: Data()) },
        Damage("a dump that is cut in the middle") { set, _ in
            let data = try set.read(set.dump)
            try set.replace(set.dump, with: data.prefix(data.count / 2))
        },
        Damage("a dump without its last byte") { set, _ in
            try set.replace(set.dump, with: try set.read(set.dump).dropLast())
        },
        Damage("a dump of another database") { set, stage in
            try set.replace(set.dump, with: try await stage.dump("DROP TABLE b"))
        },
        Damage("a dump that lacks a row") { set, stage in
            try set.replace(set.dump, with: try await stage.dump("DELETE FROM b WHERE id = 7"))
        },
        Damage("a dump with another value in one row") { set, stage in
            try set.replace(set.dump, with: try await stage.dump("UPDATE a SET body = 'x' WHERE id = 1999"))
        },
        Damage("a dump with a row more") { set, stage in
            try set.replace(set.dump, with: try await stage.dump("INSERT INTO b VALUES (999, 1)"))
        },
        Damage("a dump with a table more") { set, stage in
            try set.replace(set.dump, with: try await stage.dump("CREATE TABLE more ()"))
        },
        Damage("a dump of a later history") { set, stage in
            try set.replace(
                set.dump,
                with: try await stage.dump(
                    "INSERT INTO schema_versions (component, version, checksum) VALUES ('core', 3, 'x')"))
        },
        Damage("a flipped bit in the middle of the dump") { set, _ in
            var data = try set.read(set.dump)
            data[data.count / 2] ^= 4
            try set.replace(set.dump, with: data)
        },
        Damage("globals that are no SQL") { set, _ in
            try set.replace("postgres_globals.sql", with: Data("CREATE ROLE (;\n".utf8))
        },
        Damage("empty globals") { set, _ in try set.replace("postgres_globals.sql", with: Data()) },
        Damage("a stale RDB") { set, _ in
            try set.replace(rdb, with: try Data(contentsOf: URL(fileURLWithPath: set.folder + "/../../stale.rdb")))
        },
        Damage("an empty RDB") { set, _ in try set.replace(rdb, with: Data()) },
        Damage("an RDB without its checksum") { set, _ in try set.replace(rdb, with: try set.read(rdb).dropLast(8)) },
        Damage("an RDB whose checksum is zero, and so not looked at, with another value") { set, _ in
            var data = try set.read(rdb)
            data.replaceSubrange(data.count - 8..<data.count, with: Data(count: 8))
            guard let place = data.firstRange(of: Data("value17".utf8)) else { throw TestProblem("no value17") }
            data.replaceSubrange(place, with: Data("value71".utf8))
            try set.replace(rdb, with: data)
        },
        Damage("a flipped bit in the RDB") { set, _ in
            var data = try set.read(rdb)
            data[data.count / 2] ^= 1
            try set.replace(rdb, with: data)
        },
        Damage("metadata that says another number of keys") { set, _ in
            try set.edit("\"keys\" : 52", to: "\"keys\" : 53")
        },
        Damage("metadata that says another number of rows") { set, _ in
            try set.edit("\"rows\" : 2000", to: "\"rows\" : 1999")
        },
    ]

    @Test("is found by verify-backup --restore, and not by the digests", arguments: damages)
    func found(_ damage: Damage) async throws {
        try await BackupStage.with { stage in
            let stale = try await stage.backUp("--only", "redis")
            try await stage.redis("SET", "fresh", "1")
            try FileManager.default.moveItem(
                atPath: "\(stage.backups)/\(stale)/redis/dump.rdb", toPath: "\(stage.scratch.path)/stale.rdb")
            try FileManager.default.removeItem(atPath: "\(stage.backups)/\(stale)")
            try await stage.redis("DEL", "fresh")
            try await stage.redis("SET", "key3", "fresh")
            let name = try await stage.backUp()
            try await stage.strata("verify-backup", "--restore").requireStatus(0)
            try await damage.damage(
                SignedSet(folder: "\(stage.backups)/\(name)", dump: "postgres_\(stage.stage.database).dump"), stage)
            let stored = try await stage.strata("verify-backup", "--level", "stored")
            stored.expect(0)
            let proof = try await stage.strata("verify-backup", "--restore")
            proof.expect(6, saying: "\(name) is damaged")
            #expect(proof.output.contains("DAMAGED\n  "), "\(proof)")
        }
    }

    @Test("A set that is damaged is not restored, and the list says so")
    func refused() async throws {
        try await BackupStage.with { stage in
            let other = try await stage.backUp()
            try await stage.strata("verify-backup").requireStatus(0)
            let name = try await stage.backUp()
            let dump = URL(fileURLWithPath: "\(stage.backups)/\(name)/postgres_\(stage.stage.database).dump")
            var data = try Data(contentsOf: dump)
            data[data.count / 2] ^= 1
            try data.write(to: dump)
            let restored = try await stage.strata("restore", name, "--only", "postgres")
            restored.expect(
                6, saying: "\(name) is damaged, so nothing of it is restored",
                ".dump is not what was written: its SHA-256 is ",
                "hint: \(other) is the newest other set there that is proven (readable); strata backups lists all.")
            let found = try await stage.strata("verify-backup")
            found.expect(6, saying: "strata: \(name) is damaged\nhint: \(other) is the newest other set there")
            let listed = try await stage.strata("backups")
            #expect(listed.lines.last?.contains("  DAMAGED  ") == true, "\(listed)")
            #expect(try await stage.stage.query("SELECT count(*) FROM a") == "2000")
        }
    }
}

extension DamagedSetTests {
    private struct Verification: Decodable {
        struct Level: Decodable {
            var level: String
            var passed: Bool
            var findings: [String]
        }
        var folder: String
        var damaged: Bool
        var levels: [Level]
    }

    @Test("With --json, damaged metadata is damage like any other; and no document of sets speaks of migrations")
    func document() async throws {
        try await BackupStage.with { stage in
            let name = try await stage.backUp("--only", "redis")
            let metadata = "backups/\(name)/BACKUP_METADATA.json"
            try stage.scratch.write(
                metadata, try stage.scratch.read(metadata).replacing("\"keys\" : 52", with: "\"keys\" : 5"))
            for set in [name, "latest", "./backups/\(name)"] {
                let outcome = try await stage.strata("verify-backup", set, "--json")
                outcome.expect(6)
                let document = try outcome.decoded(Verification.self)
                #expect(document.damaged)
                #expect(document.folder == "\(stage.backups)/\(name)")
                #expect(document.levels.map(\.level) == ["stored"] && document.levels.map(\.passed) == [false])
                let finding = document.levels.first?.findings.first ?? ""
                #expect(finding.hasSuffix("is not what was written: its own checksum is another one"), "\(outcome)")
            }
            let words = try await stage.strata("verify-backup", name)
            words.expect(6, saying: "its own checksum is another one\nhint: no other set there is proven")
            for arguments in [["restore", name], ["restore"], ["backup", "--only", "x"], ["prune"]] {
                let outcome = try await stage.stage.strata(arguments + ["--json"], environment: stage.environment)
                #expect(try outcome.document().error != nil)
                #expect(!outcome.output.contains("applied") && !outcome.output.contains("refusals"), "\(outcome)")
            }
        }
    }
}

/// A set whose digests are made to fit after each change, as somebody would who wants to deceive.
struct SignedSet: Sendable {
    let folder: String
    /// The name of the PostgreSQL dump.
    let dump: String

    private var metadata: String { "\(folder)/BACKUP_METADATA.json" }

    func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")) }

    /// Replaces a file, and what the metadata says of it.
    func replace(_ name: String, with data: Data) throws {
        let old = try read(name)
        try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        var text = try String(contentsOfFile: metadata, encoding: .utf8)
        let digests = (Checksum(of: Array(old)).hexadecimal, Checksum(of: Array(data)).hexadecimal)
        text = text.replacing(digests.0, with: digests.1)
        let entry = "\"bytes\" : \(old.count),\n      \"path\" : \"\(name)\""
        try #require(text.contains(entry))
        text = text.replacing(entry, with: "\"bytes\" : \(data.count),\n      \"path\" : \"\(name)\"")
        text = try sign("SHA256SUMS", replacing: digests.0, with: digests.1, in: text)
        try write(text)
    }

    /// Changes the metadata's text.
    func edit(_ old: String, to new: String) throws {
        let text = try String(contentsOfFile: metadata, encoding: .utf8)
        try #require(text.contains(old), "\(old) is not in \(text)")
        try write(text.replacing(old, with: new))
    }

    private func sign(_ name: String, replacing old: String, with new: String, in text: String) throws -> String {
        let before = try read(name)
        let after = Data(String(decoding: before, as: UTF8.self).replacing(old, with: new).utf8)
        try after.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        return text.replacing(
            Checksum(of: Array(before)).hexadecimal, with: Checksum(of: Array(after)).hexadecimal)
    }

    private func write(_ text: String) throws {
        let own = try #require(text.firstMatch(of: #/"checksum" : "([0-9a-f]{64})"/#))
        let blank = text.replacing(own.1, with: String(repeating: "0", count: 64))
        let digest = Checksum(of: Array(blank.utf8)).hexadecimal
        let signed = blank.replacing(String(repeating: "0", count: 64), with: digest)
        try signed.write(toFile: metadata, atomically: false, encoding: .utf8)
    }
}

extension BackupStage {
    /// What a dump would be if something had happened first.
    func dump(_ sql: String) async throws -> Data {
        let copy = "\(stage.database)_other"
        _ = try await stage.query("CREATE DATABASE \(copy) TEMPLATE \(stage.database)")
        let url = stage.server.connectionURL(database: copy)
        try await stage.tool("psql").run(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], in: scratch)
            .requireStatus(0)
        let file = scratch.newFile("dump")
        try await stage.tool("pg_dump").run(["-Fc", "-Z1", "-f", file, url], in: scratch).requireStatus(0)
        try await stage.dropDatabase(copy)
        return try Data(contentsOf: URL(fileURLWithPath: file))
    }
}
