// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import Synchronization

@testable import RedisAdapter

/// A set with data of every type, and what its restoring has to lead to.
struct SavedSet {
    let part: StoredPart
    /// What Redis computes of the server that was saved.
    let digest: String
    /// An empty folder of the test.
    let folder: String

    var dump: String { "\(part.folder)/\(RedisDetails.dump)" }

    /// Runs a body with a set; everything is removed at its end.
    static func with<Result: Sendable>(
        isolation: isolated (any Actor)? = #isolation,
        filling fill: @Sendable (RedisConnection) async throws -> Void = { try await SampleData.fill($0) },
        _ body: (SavedSet) async throws -> Result
    ) async throws -> Result {
        try await FolderDestination.with { destination in
            let (snapshot, digest) = try await TestRedis.with { redis in
                try await fill(redis.connection)
                let snapshot = try await RedisBackupTarget(redis.configuration).backUp(to: destination) { _ in }
                return (snapshot, try await redis.digest)
            }
            let part = destination.part(snapshot, store: .redis)
            let folder = "/tmp/strata-kept-\(UInt64.random(in: 0...UInt64.max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            return try await body(SavedSet(part: part, digest: digest, folder: folder))
        }
    }

    /// Prepares and swaps, as the caller of a target does.
    @discardableResult
    func restore(
        _ target: some RestoreTarget, options: RestoreOptions = RestoreOptions(),
        observe: @escaping @Sendable (BackupTargetEvent) -> Void = { _ in },
        beforeSwap: () async throws -> Void = {}
    ) async throws -> [String] {
        let session = try await target.openSession(part, options: options)
        do {
            try await session.prepare(observe: observe)
            try await beforeSwap()
            let done = try await session.swap(observe: observe)
            await session.discard()
            return done
        } catch {
            await session.discard()
            throw error
        }
    }

    /// The error of a restore that fails.
    func failure(
        _ target: some RestoreTarget, options: RestoreOptions = RestoreOptions(),
        observe: @escaping @Sendable (BackupTargetEvent) -> Void = { _ in },
        beforeSwap: () async throws -> Void = {}
    ) async throws -> RedisBackupError? {
        do {
            try await restore(target, options: options, observe: observe, beforeSwap: beforeSwap)
            return nil
        } catch let error as RedisBackupError {
            return error
        }
    }

    /// What is in the test's folder, without the notes beside it.
    var kept: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { !$0.hasSuffix(".state") }.sorted()
    }
}

extension TestRedis {
    /// What stands in `INFO replication`.
    var role: String? {
        get async throws { ServerInfo(try await run("INFO", "replication").string ?? "")["role"] }
    }
}
