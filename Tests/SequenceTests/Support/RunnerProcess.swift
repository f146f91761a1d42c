// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import ThrowawayPostgres

/// The program `strata migrate` in a process of its own, on a folder with one file.
final class RunnerProcess: Sendable {
    private let process = Process()
    private let folder: URL

    /// - Parameters:
    ///   - script: The text of `0001_step.sql`.
    ///   - host: Where the server is; a proxy's folder, perhaps.
    init(_ script: String, database: TestDatabase, host: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("strata-sequence-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try script.write(to: folder.appendingPathComponent("0001_step.sql"), atomically: true, encoding: .utf8)
        // The package manager puts programs beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("strata")
        process.arguments = ["migrate", "--migrations", folder.path, "--lock-timeout", "off", "--max-queue", "off"]
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("PG") && $0.key != "DATABASE_URL"
        }
        environment["POSTGRES_HOST"] = host ?? database.server.socketDirectory
        environment["POSTGRES_PORT"] = String(database.server.port)
        environment["POSTGRES_USER"] = database.server.superuser
        environment["POSTGRES_DB"] = database.name
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    var isRunning: Bool { process.isRunning }

    /// Ends it at once, as the kernel does when memory runs out.
    func killNow() async throws {
        kill(process.processIdentifier, SIGKILL)
        #expect(try await eventually { !isRunning })
    }
}
