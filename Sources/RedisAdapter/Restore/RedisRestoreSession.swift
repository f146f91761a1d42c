// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// The restore of one set into a running server or into a folder.
public final class RedisRestoreSession: RestoreSession {
    private let restore: any RestoreSession

    init(_ restore: any RestoreSession) { self.restore = restore }

    public var steps: [String] { restore.steps }
    public var notices: [String] { restore.notices }

    public func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        try await restore.prepare(observe: observe)
    }

    public func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        try await restore.swap(observe: observe)
    }

    public func revert() async throws -> Bool { try await restore.revert() }

    public func discard() async { await restore.discard() }
}
