// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ThrowawayRedis

@testable import RedisAdapter

/// A folder that servers run in, one after the other.
struct ServerFolder {
    /// How a server keeps its data.
    enum Form: String, CaseIterable, CustomTestStringConvertible {
        /// `appendonly no`.
        case snapshot
        /// `appendonly yes`, Redis 7.
        case appendOnlyFolder
        /// `appendonly yes` with the one file of Redis before 7.
        case appendOnlyFile

        var testDescription: String { rawValue }
        var settings: [String: String] {
            self == .snapshot ? ["save": "3600 1"] : ["appendonly": "yes"]
        }
    }

    let path: String
    let form: Form

    /// Runs a body with a folder that has data of a server that was stopped.
    static func with<Result: Sendable>(
        _ form: Form, isolation: isolated (any Actor)? = #isolation,
        _ body: (ServerFolder, _ digest: String) async throws -> Result
    ) async throws -> Result {
        let path = "/tmp/strata-dir-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = ServerFolder(path: path, form: form)
        let digest = try await folder.run { redis in
            try await redis.run("SET", "old", "1")
            // Beside an append-only file, the RDB file is older.
            try await redis.run("SAVE")
            try await redis.run("RPUSH", "old list", "a", "b")
            return try await redis.digest
        }
        if form == .appendOnlyFile { try folder.becomeOlder() }
        return try await body(folder, digest)
    }

    /// Runs a body with a server in the folder, and stops it.
    func run<Result: Sendable>(
        _ settings: [String: String]? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (TestRedis) async throws -> Result
    ) async throws -> Result {
        try await TestRedis.with {
            $0.dataFolder = path
            $0.settings.merge(settings ?? form.settings) { $1 }
        } _: {
            try await body($0)
        }
    }

    /// What a server that is started here has.
    func digest(
        _ settings: [String: String]? = nil, isolation: isolated (any Actor)? = #isolation
    ) async throws -> String {
        try await run(settings) { try await $0.digest }
    }

    /// The same on a copy, so that the server changes nothing here.
    func digestOfCopy(isolation: isolated (any Actor)? = #isolation) async throws -> String {
        let copy = ServerFolder(path: "\(path)-copy", form: form)
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        defer { try? FileManager.default.removeItem(atPath: copy.path) }
        return try await copy.digest()
    }

    /// Makes the one append-only file of older versions out of the parts of today's.
    private func becomeOlder() throws {
        let inner = "\(path)/appendonlydir"
        let parts = try FileManager.default.contentsOfDirectory(atPath: inner).sorted()
        var whole = Data()
        for part in parts where !part.hasSuffix(".manifest") {
            whole += try Data(contentsOf: URL(fileURLWithPath: "\(inner)/\(part)"))
        }
        try FileManager.default.removeItem(atPath: inner)
        try whole.write(to: URL(fileURLWithPath: "\(path)/appendonly.aof"))
    }

    /// All files with their bytes.
    var contents: [String: Data] {
        var contents: [String: Data] = [:]
        for name in (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? [] {
            contents[name] = FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data()
        }
        return contents
    }

    var target: RedisFolderRestoreTarget { RedisFolderRestoreTarget(folder: path, server: nil) }
}
