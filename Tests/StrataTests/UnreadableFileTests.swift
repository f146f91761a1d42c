// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Files that may not be read", .timeLimit(.minutes(60)))
struct UnreadableFileTests {
    @Test("Permission denied is told with the file or folder and the way out", arguments: ["0001_a.sql", "b"])
    func permissionDenied(name: String) async throws {
        try await Stage.with { stage in
            try stage.write(["0001_a.sql": "SELECT 1", "b/0001_b.sql": "SELECT 1"])
            let path = "\(stage.scratch.path)/migrations/\(name)"
            let manager = FileManager.default
            try manager.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
            defer { try? manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path) }
            let outcome = try await stage.program.runWithoutPowers(
                ["migrate"], environment: ["DATABASE_URL": stage.url], in: stage.scratch)
            outcome.expect(
                4, saying: "\(name): error: ", "permission denied. Give the user that runs this the right to read it.")
            #expect(try await stage.history() == [])
        }
    }
}
