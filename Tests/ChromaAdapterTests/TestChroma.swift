// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport

@testable import ChromaAdapter

/// A real ChromaDB from PyPI, of the virtual environments that `Scripts/chroma-environments.sh` makes.
enum ChromaVersion: String, CaseIterable, Sendable {
    case one = "1.5.9"
    case zero = "0.5.23"

    /// The programs of the virtual environment.
    ///
    /// - Throws: When it is not there: the tests fail then, and are never skipped.
    var programs: String {
        get throws {
            let folder = TestChroma.root.appending(path: ".build/chroma/\(rawValue)").path(percentEncoded: false)
            guard FileManager.default.fileExists(atPath: "\(folder)/complete") else {
                throw Failure("there is no ChromaDB \(rawValue) in \(folder): run Scripts/chroma-environments.sh")
            }
            return "\(folder)/bin"
        }
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A store for one test.
struct TestChroma: Sendable {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let version: ChromaVersion
    /// A folder of the test, with nothing but the store in it.
    let parent: String

    var folder: String { "\(parent)/store" }
    var database: String { "\(folder)/chroma.sqlite3" }
    var configuration: ChromaConfiguration { ChromaConfiguration(path: folder) }
    /// Machines of tests are as slow as they please.
    static let options = ChromaBackupTarget.Options(longestHold: .seconds(3600), lockPatience: .seconds(3600))

    var target: ChromaBackupTarget { ChromaBackupTarget(configuration, options: Self.options) }

    /// Runs a body with a store that holds data of all kinds, and removes it.
    nonisolated(nonsending) static func with<Result>(
        _ version: ChromaVersion = .one, isFilled: Bool = true, _ body: (TestChroma) async throws -> Result
    ) async throws -> Result {
        let chroma = TestChroma(
            version: version, parent: "/tmp/strata-chroma-test-\(UInt64.random(in: 0...UInt64.max))")
        try FileManager.default.createDirectory(atPath: chroma.parent, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: chroma.parent) }
        if isFilled {
            try await Filled.store(version).copy(to: chroma.folder)
        }
        return try await body(chroma)
    }

    /// Runs one of the scripts in `Tests/Fixtures/chroma` to its end.
    ///
    /// - Returns: The lines that it printed.
    @discardableResult
    func run(_ script: String, _ arguments: String...) async throws -> [String] {
        let output = LineSink()
        try await run(script, arguments, output: output)
        return output.lines
    }

    func run(_ script: String, _ arguments: [String], output: LineSink) async throws {
        let messages = Messages()
        let file = Self.root.appending(path: "Tests/Fixtures/chroma/\(script).py").path(percentEncoded: false)
        let command = ProcessCommand(
            program: "\(try version.programs)/python", arguments: [file] + arguments,
            environment: ["ANONYMIZED_TELEMETRY": "False", "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"])
        let end = try await TestLauncher().run(command, output: output) { messages.add($0) }
        guard end.isSuccess else { throw Failure("\(script): \(end): \(messages.text)") }
    }

    /// Runs a body while a script runs that has no end.
    ///
    /// - Parameter lines: How many lines it has to print before.
    nonisolated(nonsending) func whileRunning<Result>(
        _ script: String, _ arguments: String..., lines: Int = 1, _ body: (LineSink) async throws -> Result
    ) async throws -> Result {
        let output = LineSink()
        let process = Task { try await run(script, arguments, output: output) }
        do {
            let isReady = try await eventually { output.lines.count >= lines }
            guard isReady else {
                process.cancel()
                _ = try await process.value
                throw Failure("\(script) does not get ready")
            }
            let result = try await body(output)
            process.cancel()
            _ = await process.result
            return result
        } catch {
            process.cancel()
            _ = await process.result
            throw error
        }
    }

    /// What other processes are told who want to write.
    func isLockedForOthers() throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "\(try version.programs)/python")
        let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
        process.arguments = ["-c", script, database]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus != 0
    }

    /// The files beside the store: nothing is to be left there.
    var neighbours: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: parent).sorted() }
    }
}

/// Stores that were filled once for all tests, because that takes seconds.
actor Filled {
    static let one = Filled(.one)
    static let zero = Filled(.zero)

    static func store(_ version: ChromaVersion) -> Filled { version == .one ? one : zero }

    private let version: ChromaVersion
    private var filling: Task<String, any Error>?

    private init(_ version: ChromaVersion) { self.version = version }

    func copy(to folder: String) async throws {
        let version = version
        let task =
            filling
            ?? Task {
                let parent = "/tmp/strata-chroma-filled-\(ProcessInfo.processInfo.processIdentifier)-\(version)"
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
                // Removed when the tests end; the tests of all suites may need it until then.
                Self.removeAtExit(parent)
                let chroma = TestChroma(version: version, parent: parent)
                try await chroma.run("fill", chroma.folder)
                return chroma.folder
            }
        filling = task
        try FileManager.default.copyItem(atPath: try await task.value, toPath: folder)
    }

    private static func removeAtExit(_ folder: String) {
        Leftovers.folders.add(folder)
        atexit { for folder in Leftovers.folders.all { try? FileManager.default.removeItem(atPath: folder) } }
    }
}

private enum Leftovers {
    static let folders = Messages()
}
