// SPDX-License-Identifier: Apache-2.0

import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// Runs a program to its end and collects what it writes.
enum ProgramRun {
    /// Runs a program with a plain set of variables, or with the process's own.
    static func output(
        of program: String, _ arguments: [String], environment: [String: String]?
    ) async throws -> ToolResult {
        let variables: Environment =
            environment.map { given in
                .custom(Dictionary(uniqueKeysWithValues: given.map { (Environment.Key(stringLiteral: $0), $1) }))
            } ?? .inherit
        let configuration = Configuration(
            executable: .path(FilePath(program)), arguments: Arguments(arguments), environment: variables)
        return try await output(of: configuration, inputFile: "/dev/null", limit: 1 << 20)
    }

    /// Runs a configured program. Its input is a file and never a pipe of ours: writing to a program that has stopped reading raises
    /// SIGPIPE, which ends the whole process unless the application ignores it.
    static func output(
        of configuration: Configuration, inputFile: String, limit: Int
    ) async throws -> ToolResult {
        do {
            let input = try FileDescriptor.open(FilePath(inputFile), .readOnly)
            let result = try await Subprocess.run(
                configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .bytes(limit: limit), error: .bytes(limit: 1 << 20))
            // A cancelled program has been killed: what it wrote is no result.
            try Task.checkCancellation()
            var status: Int32?
            if case .exited(let code) = result.terminationStatus { status = code }
            return ToolResult(
                status: status, standardOutput: result.standardOutput, standardError: result.standardError)
        } catch let error as CancellationError {
            throw error
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw ThrowawayPostgresError(.toolFailed, "\(configuration.executable) could not be run: \(error)")
        }
    }
}
