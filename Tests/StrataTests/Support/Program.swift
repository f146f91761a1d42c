// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A program that the tests start, mostly the built `strata`.
struct Program: Sendable {
    let path: String

    /// The `strata` that was built with these tests; it lies beside them.
    static func strata() throws -> Program {
        let running = [Bundle.main.executablePath].compactMap { $0 } + CommandLine.arguments
        for argument in running where argument.hasPrefix("/") {
            var folder = URL(fileURLWithPath: argument)
            for _ in 0..<6 {
                folder.deleteLastPathComponent()
                let program = folder.appendingPathComponent("strata").path
                let attributes = try? FileManager.default.attributesOfItem(atPath: program)
                if attributes?[.type] as? FileAttributeType == .typeRegular { return Program(path: program) }
            }
        }
        throw TestProblem("the program strata is not beside the tests: \(running)")
    }

    /// A program of the system, found by `PATH`.
    static func system(_ name: String) throws -> Program {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let paths = folders.map { "\($0)/\(name)" }
        guard let path = paths.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw TestProblem("there is no program \(name) in PATH; the tests need it")
        }
        return Program(path: path)
    }

    /// Runs the program to its end.
    func run(
        _ arguments: [String], environment: [String: String] = [:], in scratch: Scratch
    ) async throws -> Outcome {
        try await run(arguments, environment: environment, in: scratch) { _ in }
    }

    /// Runs the program, and the body meanwhile; waits for both.
    ///
    /// - Parameters:
    ///   - environment: All variables, but for those that find programs and libraries.
    ///   - scratch: The folder to run in, which also takes what the program writes.
    func run(
        _ arguments: [String], environment: [String: String] = [:], in scratch: Scratch,
        during body: (RunningProgram) async throws -> Void
    ) async throws -> Outcome {
        let files = (scratch.newFile("output"), scratch.newFile("messages"))
        var variables: [String: String] = ["HOME": scratch.path]
        for name in ["PATH", "LD_LIBRARY_PATH", "TMPDIR", "STRATA_POSTGRES_BIN"] {
            variables[name] = ProcessInfo.processInfo.environment[name]
        }
        variables.merge(environment) { $1 }
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments),
            environment: .custom(
                Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })),
            workingDirectory: FilePath(scratch.path), input: .none,
            output: .fileDescriptor(try Self.writer(files.0), closeAfterSpawningProcess: true),
            error: .fileDescriptor(try Self.writer(files.1), closeAfterSpawningProcess: true)
        ) { execution in
            try await body(
                RunningProgram(
                    process: execution.processIdentifier.value, outputFile: files.0, messagesFile: files.1,
                    send: { signal in try? execution.send(signal: signal) }))
        }
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + Int32(signal)
            }
        return Outcome(
            command: ([path] + arguments).joined(separator: " "), status: status,
            output: try String(contentsOfFile: files.0, encoding: .utf8),
            messages: try String(contentsOfFile: files.1, encoding: .utf8))
    }

    private static func writer(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
    }
}
