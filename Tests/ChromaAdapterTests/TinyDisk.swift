// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport

/// A file system that is smaller than any store: a mounted one, else what is left of `/dev/shm` in a container.
enum TinyDisk {
    nonisolated(nonsending) static func with<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = "/tmp/strata-chroma-disk-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard try await run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) else {
            throw Failure("this test needs the right to mount a file system")
        }
        do {
            let result = try await body(folder)
            _ = try await run("umount", "-l", folder)
            return result
        } catch {
            _ = try? await run("umount", "-l", folder)
            throw error
        }
    }

    private nonisolated(nonsending) static func run(_ program: String, _ arguments: String...) async throws -> Bool {
        guard let path = TestLauncher().find(program, in: ["/usr/bin", "/bin", "/usr/sbin"]) else { return false }
        return try await TestLauncher().run(.init(program: path, arguments: arguments), output: nil) { _ in }.isSuccess
    }
}
