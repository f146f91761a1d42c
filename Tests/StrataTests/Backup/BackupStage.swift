// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import TestSupport
import Testing
import ThrowawayRedis

/// A database, a Redis server and, where it is asked for, a store of ChromaDB of one test, with some data in each.
struct BackupStage: Sendable {
    let stage: Stage
    let redis: ThrowawayRedis
    let password: String?
    let hasChroma: Bool

    var scratch: Scratch { stage.scratch }
    var backups: String { "\(scratch.path)/backups" }

    /// What the program is given.
    var environment: [String: String] {
        var variables = ["DATABASE_URL": stage.url, "REDIS_URL": redisURL]
        if hasChroma { variables["CHROMA_PATH"] = chroma }
        return variables
    }

    private var chroma: String { "\(scratch.path)/chroma" }

    var redisURL: String { "unix://\(password.map { ":\($0)@" } ?? "")\(redis.socket)" }

    static func with<Result: Sendable>(
        password: String? = nil, withChroma hasChroma: Bool = false,
        _ body: @Sendable (BackupStage) async throws -> Result
    ) async throws -> Result {
        try await Stage.with { stage in
            var options = ThrowawayRedis.Options()
            // Otherwise each copy begins after five seconds.
            options.settings = ["repl-diskless-sync-delay": "0", "enable-debug-command": "yes"]
            // A replica that hears nothing of its master for a minute gives up.
            options.settings["repl-timeout"] = "3600"
            if let password { options.settings["requirepass"] = password }
            return try await ThrowawayRedis.withServer(options, launcher: SubprocessLauncher()) { redis in
                let stage = BackupStage(stage: stage, redis: redis, password: password, hasChroma: hasChroma)
                try await stage.fill()
                return try await body(stage)
            }
        }
    }

    private func fill() async throws {
        try stage.write("0001_a.sql", "CREATE TABLE a (id int PRIMARY KEY, body text);\n")
        try stage.write("0002_b.sql", "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);\n")
        try await strata("migrate").requireStatus(0)
        _ = try await stage.query(
            """
            INSERT INTO a SELECT n, md5(n::text) FROM generate_series(1, 2000) n; INSERT INTO b SELECT n, n FROM generate_series(1, 50) n
            """)
        for number in 1...50 { try await redis("SET", "key\(number)", "value\(number)") }
        try await redis("RPUSH", "list", "a", "b", "c")
        try await redis("SET", "mortal", "x", "EX", "100000")
        guard hasChroma else { return }
        try await ChromaPython.run(
            """
            import chromadb, sys
            notes = chromadb.PersistentClient(sys.argv[1]).create_collection("notes", metadata={"hnsw:sync_threshold": 4})
            notes.add(ids=list("abcdef"), documents=list("ABCDEF"), embeddings=[[n, 1, 0] for n in range(6)])
            """, chroma, in: scratch)
    }

    /// Runs the program with both stores configured.
    func strata(_ arguments: String..., adding variables: [String: String] = [:]) async throws -> Outcome {
        try await stage.strata(arguments, environment: environment.merging(variables) { $1 })
    }

    /// Runs the program, and the body meanwhile.
    func strata(
        _ arguments: String..., adding variables: [String: String] = [:],
        during body: (RunningProgram) async throws -> Void
    ) async throws -> Outcome {
        try await stage.strata(arguments, environment: environment.merging(variables) { $1 }, during: body)
    }

    @discardableResult
    func redis(_ words: String...) async throws -> String {
        let login = password.map { ["--no-auth-warning", "-a", $0] } ?? []
        let outcome = try await Program.system("redis-cli").run(["-s", redis.socket] + login + words, in: scratch)
        try outcome.requireStatus(0)
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Makes a set, and returns its name.
    func backUp(_ arguments: String...) async throws -> String {
        let outcome = try await stage.strata(["backup", "--json"] + arguments, environment: environment)
        try outcome.requireStatus(0)
        return try outcome.decoded(SetDocument.self).name
    }

    /// What is in the backup folder, but for what belongs to no set.
    var names: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: backups)) ?? []
        return names.filter { ![".lock", ".last_run.json"].contains($0) }.sorted()
    }

    /// Expects that every set that is listed is whole: every byte is there, and what was not read before is read to its end.
    ///
    /// - Parameter read: The sets that were read before; those that are now are added.
    func expectWholeSets(
        _ comment: String, in folder: String? = nil, read: inout Set<String>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let contents = try BackupFolder(folder ?? backups).contents()
        #expect(contents.unreadable.isEmpty, "\(comment)", sourceLocation: sourceLocation)
        for set in contents.sets {
            let report = try await SetVerifier(verifiers: [], strataVersion: "test").verify(set, upTo: .stored)
            #expect(!report.isDamaged, "\(comment): \(report)", sourceLocation: sourceLocation)
            guard read.insert(set.folder).inserted else { continue }
            let outcome = try await strata("verify-backup", set.folder, "--level", "readable")
            #expect(outcome.status == 0, "\(comment): \(outcome)", sourceLocation: sourceLocation)
        }
    }

    /// Expects that what a set has of every store comes back, in servers of its own.
    func expectRestorable(_ set: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let programs = hasChroma ? ["--chroma-programs", try ChromaPython.programs] : []
        let outcome = try await stage.strata(["verify-backup", set, "--restore"] + programs, environment: environment)
        #expect(outcome.status == 0, "\(outcome)", sourceLocation: sourceLocation)
    }
}

/// What `backup --json` prints, as far as tests look at it.
struct SetDocument: Decodable {
    struct Store: Decodable {
        var status: String
        var reason: String?
        var bytes: Int64?
    }

    var name: String
    var folder: String
    var status: String
    var verified: String?
    var verified_at: String?
    var limitations: [String]?
    var stores: [String: Store]
}

extension Outcome {
    /// Standard output as a document of a type.
    func decoded<Value: Decodable>(
        _ type: Value.Type, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(output.utf8))
        } catch {
            Issue.record("not such a document: \(self)\n\(error)", sourceLocation: sourceLocation)
            throw error
        }
    }
}
