// SPDX-License-Identifier: Apache-2.0

import Subprocess
import ThrowawayPostgres

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// Where the demo plays: a server, a copy of the migrations, and this program itself.
struct DemoStage: Sendable {
    let server: ThrowawayPostgres
    /// The copy of the migrations. It lies in the server's folder, which is removed even if this process is killed.
    let folder: String
    let json: Bool
    /// What is saved together with the server.
    let stores: DemoStores

    init(server: ThrowawayPostgres, stores: DemoStores, migrations: String, json: Bool) throws {
        self.server = server
        self.stores = stores
        self.json = json
        folder = "\(server.folder)/migrations"
        let manager = FileManager.default
        if manager.fileExists(atPath: migrations) {
            try manager.copyItem(atPath: migrations, toPath: folder)
        } else {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (name, text) in DemoStage.example {
                try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            }
        }
        // The account that the server runs as removes these files, so it needs the right to.
        for path in [folder] + (try manager.subpathsOfDirectory(atPath: folder)).map({ "\(folder)/\($0)" }) {
            let isFolder = (try manager.attributesOfItem(atPath: path)[.type] as? FileAttributeType) == .typeDirectory
            try manager.setAttributes([.posixPermissions: isFolder ? 0o777 : 0o666], ofItemAtPath: path)
        }
    }

    /// What is shown where the given folder does not exist.
    private static let example = [
        "0001_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);\n",
        "0002_posts.sql": """
        BEGIN;
        CREATE TABLE posts (id bigint PRIMARY KEY, author bigint NOT NULL REFERENCES users (id), body text);
        CREATE INDEX ON posts (author);
        COMMIT;

        """,
    ]

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }

    /// The files of the component `core`, in the order of their names.
    func coreFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted()
    }

    /// Runs this program with the demo's database and files.
    func strata(_ arguments: [String], database: String = "postgres") async throws -> DemoStep {
        try await strata(arguments, telling: arguments, hidden: ["--migrations", folder], database: database)
    }

    /// Runs this program with the demo's stores.
    func strataBackup(_ arguments: [String], telling told: [String]? = nil, hidden: [String] = []) async throws
        -> DemoStep
    {
        try await strata(arguments, telling: told ?? arguments, hidden: hidden, database: "postgres")
    }

    /// - Parameters:
    ///   - told: The arguments as they are shown.
    ///   - hidden: Further arguments, which only the demo needs.
    private func strata(
        _ arguments: [String], telling told: [String], hidden: [String], database: String
    ) async throws -> DemoStep {
        let program = CommandLine.arguments[0]
        let variables = [
            "DATABASE_URL": server.connectionURL(database: database), "MIGRATION_DATABASE_URL": "",
        ].merging(stores.environment) { $1 }
        let outcome = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(arguments + hidden),
            environment: .inherit.updating(
                Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let status: Int32 =
            switch outcome.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + Int32(signal)
            }
        return DemoStep(
            command: (["strata"] + told).joined(separator: " "), status: status,
            output: outcome.standardOutput, messages: outcome.standardError)
    }

    /// Runs SQL in the demo's database.
    func query(_ sql: String) async throws {
        _ = try await server.run(tool: "psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", sql])
    }

    /// Makes an empty database.
    func createDatabase(_ name: String) async throws {
        _ = try await server.run(tool: "createdb", [name])
    }
}

/// A command of the demo and what came of it.
struct DemoStep: Encodable, Sendable {
    var command: String
    var status: Int32
    var output: String
    var messages: String
}
