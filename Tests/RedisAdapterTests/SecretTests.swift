// SPDX-License-Identifier: Apache-2.0

import BackupKit
import BackupTestSupport
import Foundation
import MigrationCore
import Synchronization
import TestSupport
import Testing
import ThrowawayRedis

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct SecretTests {
    private static let secret = "hush-\(String(UInt64.random(in: 0 ... .max), radix: 36))"

    /// What everybody can see of all programs while a body runs.
    private nonisolated(nonsending) func watching(_ body: () async throws -> Void) async throws -> [String] {
        let shown = Mutex<[String]>([])
        let watcher = Task {
            while !Task.isCancelled {
                let output = Collector()
                let command = ProcessCommand(program: "/bin/sh", arguments: ["-c", "exec ps -A -ww -o args="])
                _ = try await SubprocessLauncher().run(command, output: output) { _ in }
                let text = String(decoding: await output.bytes, as: UTF8.self)
                shown.withLock { $0.append(text) }
            }
        }
        do {
            try await body()
        } catch {
            watcher.cancel()
            throw error
        }
        watcher.cancel()
        _ = await watcher.result
        return shown.withLock(\.self)
    }

    @Test("a password is in no event, error, file, argument or log, whatever is done with it")
    func password() async throws {
        let texts = Mutex<[String]>([])
        @Sendable func keep(_ more: [String]) { texts.withLock { $0 += more } }
        @Sendable func take(_ event: BackupTargetEvent) { keep(["\(event)"]) }
        try await TestRedis.with {
            $0.settings["requirepass"] = Self.secret
        } _: { redis in
            try await redis.run("SET", "key", "1")
            var right = redis.configuration
            right.password = Self.secret
            var wrong = redis.configuration
            wrong.password = "not \(Self.secret)"
            try await FolderDestination.with { destination in
                let seen = try await watching { [right] in
                    let snapshot = try await RedisBackupTarget(right).backUp(to: destination, observe: take)
                    keep(["\(snapshot)"])
                    let part = destination.part(snapshot, store: .redis)
                    let set = SavedSet(part: part, digest: "", folder: destination.folder)
                    let verifier = RedisArtifactVerifier(launcher: TestLauncher())
                    keep(["\(try await verifier.restoreForProof(part, observe: take))"])
                    let target = RedisRestoreTarget(right, keepFolder: destination.folder)
                    try await redis.run("SET", "key", "2")
                    keep(try await set.restore(target, observe: take))
                    keep(redis.server.lastWords)
                    #expect(try await redis.run("GET", "key").string == "1")
                    keep(try await target.undo(set: part.set, observe: take))
                    #expect(try await redis.run("GET", "key").string == "2")
                    let paths = try FileManager.default.subpathsOfDirectory(atPath: destination.folder)
                    keep(
                        paths.compactMap { FileManager.default.contents(atPath: "\(destination.folder)/\($0)") }
                            .map { String(decoding: $0, as: UTF8.self) })
                }
                #expect(seen.count > 1)
                keep(seen)
                let error = await #expect(throws: RedisBackupError.self) {
                    _ = try await RedisBackupTarget(wrong).backUp(to: destination, observe: take)
                }
                keep(["\(String(describing: error))", "\(String(reflecting: error))"])
                keep(redis.server.lastWords)
            }
            keep([RedisBackupTarget(right).address, "\(RedisBackupTarget(wrong).address)"])
        }
        let all = texts.withLock(\.self)
        #expect(all.contains { $0.contains("REPLICAOF") }, "the log of the server is not among it")
        for text in all { #expect(!text.contains(Self.secret), "\(text.prefix(2000))") }
    }
}
