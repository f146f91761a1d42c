// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore

/// A target whose store is a list of files: each is written in pieces, copied, or made in a folder.
struct ScriptedTarget: BackupTarget {
    enum Artifact: Sendable {
        case written(String, pieces: [[UInt8]])
        case copied(String, from: String)
        case folder(String, files: [String: [UInt8]])
        case unfinished(String)
        case fails(BackupKitError)
    }

    let store: StoreName
    var artifacts: [Artifact]
    var snapshot = StoreSnapshot(
        serverVersion: "15.3", takenAt: "2025-09-16T12:30:00Z",
        schemaVersions: [MigrationID(component: .core, version: 12)],
        details: ["tables": 2, "list": [1, "two", true, .null]], warnings: ["one"], instructions: "Do `this`.")
    /// Called before anything is written.
    var before: @Sendable () async throws -> Void = {}

    var address: String { "\(store) here" }

    func backUp(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> StoreSnapshot {
        try await before()
        for artifact in artifacts {
            switch artifact {
            case .written(let path, let pieces):
                let writer = try await destination.makeFile(path)
                for piece in pieces { try await writer.write(piece) }
                try await writer.finish()
            case .copied(let path, let source):
                if try await destination.linkFile(path) { continue }
                try await destination.copyFile(at: source, to: path)
            case .folder(let path, let contents):
                let folder = try await destination.makeFolder(path)
                for (name, bytes) in contents.sorted(by: { $0.key < $1.key }) {
                    let file = try SystemFiles().makeFile("\(folder)/\(name)")
                    _ = try file.write(bytes[...])
                    try file.close()
                }
            case .unfinished(let path):
                try await destination.makeFile(path).write([1, 2, 3])
            case .fails(let error): throw error
            }
        }
        return snapshot
    }
}

extension ScriptedTarget {
    /// A database with two artifacts, one of them of several pieces.
    static var postgres: ScriptedTarget {
        ScriptedTarget(
            store: .postgres,
            artifacts: [
                .written("postgres_app.dump", pieces: [Array("PGDMP".utf8), Array(repeating: 7, count: 300_000), [9]]),
                .written("postgres_globals.sql", pieces: [Array("CREATE ROLE app;\n".utf8)]),
            ])
    }

    /// A store that makes a folder by itself.
    static var chroma: ScriptedTarget {
        ScriptedTarget(
            store: .chroma,
            artifacts: [
                .folder("chroma", files: ["chroma.sqlite3": Array("SQLite".utf8), "data_level0.bin": [1, 2, 3]])
            ])
    }

    /// A store of one file.
    static var redis: ScriptedTarget {
        ScriptedTarget(store: .redis, artifacts: [.written("redis/dump.rdb", pieces: [Array("REDIS0010".utf8)])])
    }
}
