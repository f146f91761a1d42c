// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore
import RedisAdapter
import Synchronization
import ThrowawayRedis

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The stores beside PostgreSQL that the demo saves and restores: those that are installed.
struct DemoStores: Sendable {
    /// Where `chroma` is looked for before `PATH`, as the `bin` of a virtual environment.
    static let chromaVariable = "STRATA_CHROMA_BIN"

    let redis: ThrowawayRedis?
    /// A folder of ChromaDB, and its programs.
    let chroma: (store: String, programs: String)?
    /// Where sets are made. It goes with the demo.
    let folder: String
    /// What is not installed.
    let missing: [String]

    private static let launcher = SubprocessLauncher()

    /// Runs a body with the stores, with a little data in them, and takes them away afterwards.
    nonisolated(nonsending) static func with<Result: Sendable>(
        _ body: (DemoStores) async throws -> Result
    ) async throws -> Result {
        guard launcher.find("redis-server", in: []) != nil else {
            let folder = "/tmp/strata-demo-\(UInt64.random(in: 0 ... .max))"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            defer { try? FileManager.default.removeItem(atPath: folder) }
            return try await body(try await make(nil, in: folder))
        }
        var options = ThrowawayRedis.Options()
        // Nobody else waits for a copy here.
        options.settings["repl-diskless-sync-delay"] = "0"
        return try await ThrowawayRedis.withServer(options, launcher: launcher) { redis in
            // The server's folder goes even when this process is killed.
            try await body(try await make(redis, in: redis.folder))
        }
    }

    private static func make(_ redis: ThrowawayRedis?, in folder: String) async throws -> DemoStores {
        if let redis {
            try await run("redis-cli", ["-s", redis.socket, "SET", "session:42", "open", "EX", "3600"])
            try await run("redis-cli", ["-s", redis.socket, "RPUSH", "queue", "mail", "invoice", "mail"])
        }
        let chroma = try await makeChroma(in: "\(folder)/chroma")
        let missing = (redis == nil ? ["Redis"] : []) + (chroma == nil ? ["ChromaDB"] : [])
        return DemoStores(redis: redis, chroma: chroma, folder: folder, missing: missing)
    }

    /// Makes a collection with ChromaDB's own Python; `nil` where it is not installed.
    private static func makeChroma(in store: String) async throws -> (store: String, programs: String)? {
        let given = ProcessInfo.processInfo.environment[chromaVariable] ?? ""
        guard let program = launcher.find("chroma", in: given.isEmpty ? [] : [given]),
            let slash = program.lastIndex(of: "/")
        else { return nil }
        let programs = String(program[..<slash])
        let script = """
            import chromadb, sys
            notes = chromadb.PersistentClient(sys.argv[1]).create_collection("notes")
            notes.add(ids=["a", "b"], documents=["first", "second"], embeddings=[[1, 0, 0], [0, 1, 0]])
            """
        guard let python = launcher.find("python3", in: [programs]) else { return nil }
        let command = ProcessCommand(
            program: python, arguments: ["-c", script, store],
            environment: ["ANONYMIZED_TELEMETRY": "False", "HOME": "/nonexistent"])
        let end = try await launcher.run(command, output: nil, message: { _ in })
        return end.isSuccess ? (store, programs) : nil
    }

    /// The variables that name the stores. None of those that the demo was started with is among them: a store of the user's own must not
    /// be taken for one of the demo's.
    var environment: [String: String] {
        [
            "REDIS_URL": redis.map { "unix://\($0.socket)" } ?? "", "REDIS_HOST": "", "REDIS_PORT": "",
            "REDIS_USERNAME": "",
            "REDIS_PASSWORD": "", "CHROMA_PATH": chroma?.store ?? "", "CHROMA_HOST": "", "CHROMA_PORT": "",
            "NEO4J_HOST": "", "BACKUP_DIR": "\(folder)/backups",
        ]
    }

    /// The option that leaves everything else out, such as the folder where ChromaDB is looked for when nothing names one.
    var only: [String] {
        let others: [StoreName?] = [redis.map { _ in .redis }, chroma.map { _ in .chroma }]
        return missing.isEmpty
            ? [] : ["--only", ([.postgres] + others.compactMap(\.self)).map(\.description).joined(separator: ",")]
    }

    /// Makes what a mistake makes of Redis.
    func forget() async throws {
        if let redis { try await Self.run("redis-cli", ["-s", redis.socket, "FLUSHALL"]) }
    }

    /// Copies the newest set, and changes one bit in its largest file.
    ///
    /// - Returns: The copy.
    func damagedCopy() throws -> String {
        let set = try BackupFolder("\(folder)/backups").set("latest")
        let copy = "\(folder)/copies/\(set.name)"
        try FileManager.default.createDirectory(atPath: "\(folder)/copies", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: set.folder, toPath: copy)
        if let artifact = set.metadata.artifacts.max(by: { $0.bytes < $1.bytes }) {
            let file = URL(fileURLWithPath: "\(copy)/\(artifact.path)")
            var data = try Data(contentsOf: file)
            data[data.count / 2] ^= 1
            try data.write(to: file)
        }
        return copy
    }

    private static func run(_ program: String, _ arguments: [String]) async throws {
        guard let path = launcher.find(program, in: []) else {
            throw BackupKitError(
                .configuration, "\(program) is not installed (Debian, Ubuntu: apt-get install redis-tools)")
        }
        let end = try await launcher.run(
            ProcessCommand(program: path, arguments: arguments), output: nil, message: { _ in })
        guard end.isSuccess else { throw BackupKitError(.store, "\(program): \(end)") }
    }
}
