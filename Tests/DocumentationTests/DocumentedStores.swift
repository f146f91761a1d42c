// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import ThrowawayPostgres
import ThrowawayRedis

/// A database, a Redis server and a ChromaDB with something in each, and a folder to run commands in.
struct DocumentedStores: Sendable {
    let folder: URL
    let database: TestDatabase
    let redis: ThrowawayRedis

    /// What names the stores.
    var variables: [String: String] {
        [
            "DATABASE_URL": database.server.connectionURL(database: database.name),
            "REDIS_URL": "unix://\(redis.socket)",
            "CHROMA_PATH": folder.appendingPathComponent("chroma").path,
        ]
    }

    /// Where `strata` keeps its sets when it is told nothing else.
    var backups: String { folder.appendingPathComponent("backups").path }

    static func with(_ body: @Sendable (DocumentedStores) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("strata-docs-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            var options = ThrowawayRedis.Options()
            // Otherwise each copy begins after five seconds.
            options.settings = ["repl-diskless-sync-delay": "0"]
            try await ThrowawayRedis.withServer(options, launcher: TestLauncher()) { redis in
                let stores = DocumentedStores(folder: folder, database: database, redis: redis)
                try await database.query("CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2)")
                try stores.require("redis-cli -s \(redis.socket) RPUSH list a b c")
                try stores.require("redis-cli -s \(redis.socket) SET key value EX 100000")
                try stores.require("python -c '\(Self.fill)'")
                try await body(stores)
            }
        }
    }

    /// Records enough for an index, and one that waits.
    private static let fill = """
        import chromadb, os
        notes = chromadb.PersistentClient(os.environ["CHROMA_PATH"]).create_collection(
            "notes", metadata={"hnsw:batch_size": 3, "hnsw:sync_threshold": 3})
        notes.add(ids=["a", "b", "c"], documents=["first", "second", "third"], embeddings=[[1, 0], [0, 1], [1, 1]])
        notes.add(ids=["d"], documents=["fourth"], embeddings=[[0, 0]])
        """

    /// A line with the name of the newest set instead of the one that documents write.
    private func naming(_ line: String) throws -> String {
        let example = "backup_20250916_123000"
        guard line.contains(example) else { return line }
        let names = try FileManager.default.contentsOfDirectory(atPath: backups).filter { $0.hasPrefix("backup_") }
        return line.replacingOccurrences(of: example, with: names.max() ?? example)
    }

    /// Where ChromaDB's programs are.
    ///
    /// - Throws: When it is not installed: tests fail then, and are never skipped.
    static var chromaPrograms: String {
        get throws {
            let chroma = Document.root.appendingPathComponent(".build/chroma/1.5.9").path
            guard FileManager.default.fileExists(atPath: "\(chroma)/complete") else {
                throw Problem(
                    description: "there is no ChromaDB 1.5.9 in \(chroma): run Scripts/chroma-environments.sh")
            }
            return "\(chroma)/bin"
        }
    }

    /// Runs a line, with the program, and the ChromaDB that `Scripts/chroma-environments.sh` installs, in the path.
    func run(_ line: String) throws -> (status: Int32, text: String) {
        let others = variables.merging(["ANONYMIZED_TELEMETRY": "False", "HOME": folder.path]) { $1 }
        let path = [try Self.chromaPrograms]
        return try Shell.run(try naming(line), in: folder, variables: Shell.variables(others, programsIn: path))
    }

    /// Runs a line that has to end well.
    @discardableResult
    func require(_ line: String) throws -> String {
        let outcome = try run(line)
        guard outcome.status == 0 else {
            throw Problem(description: "\(line): status \(outcome.status): \(outcome.text)")
        }
        return outcome.text
    }

    struct Problem: Error, CustomStringConvertible { let description: String }
}
