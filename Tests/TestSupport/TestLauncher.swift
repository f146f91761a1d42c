// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import MigrationCore
internal import Subprocess
internal import Synchronization

#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

/// Starts programs for tests, and tells what was started.
package final class TestLauncher: ProcessLauncher {
    /// What a test does to a program.
    package enum Interference: Hashable, Sendable {
        /// Kills it with SIGKILL when it has written so many bytes.
        case kill(after: Int)
    }

    private let interference: [String: Interference]
    private let started = Mutex<[ProcessCommand]>([])
    /// Called with a program's process as soon as it runs.
    private let observe: @Sendable (ProcessCommand, Int32) -> Void

    /// - Parameter interference: By the names of programs.
    package init(
        _ interference: [String: Interference] = [:],
        observe: @escaping @Sendable (ProcessCommand, Int32) -> Void = { _, _ in }
    ) {
        self.interference = interference
        self.observe = observe
    }

    /// Every program so far.
    package var commands: [ProcessCommand] { started.withLock(\.self) }

    package func find(_ program: String, in folders: [String]) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (folders + path.split(separator: ":").map(String.init)).map { "\($0)/\(program)" }
            .first(where: FileManager.default.isExecutableFile)
    }

    package func run(
        _ command: ProcessCommand, output: (any ByteSink)?, message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd {
        started.withLock { $0.append(command) }
        var environment: [Environment.Key: String] = [:]
        for name in ["PATH", "LANG"] {
            environment[Environment.Key(stringLiteral: name)] = ProcessInfo.processInfo.environment[name]
        }
        for (name, value) in command.environment { environment[Environment.Key(stringLiteral: name)] = value }
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))]
        let name = command.program.split(separator: "/").last.map(String.init) ?? ""
        let harm = interference[name]
        let result = try await Subprocess.run(
            .path(FilePath(command.program)), arguments: Arguments(command.arguments),
            environment: .custom(environment), platformOptions: platform, input: .none, output: .sequence,
            error: .sequence
        ) { execution in
            observe(command, Int32(execution.processIdentifier.value))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await line in execution.standardError.strings() {
                        message(line.hasSuffix("\n") ? String(line.dropLast()) : line)
                    }
                }
                var count = 0
                for try await buffer in execution.standardOutput {
                    let bytes = unsafe buffer.withUnsafeBytes { unsafe Array($0) }
                    count += bytes.count
                    if case .kill(let limit) = harm, count >= limit { try? execution.send(signal: .kill) }
                    try await output?.write(bytes)
                }
                try await group.waitForAll()
            }
        }
        return switch result.terminationStatus {
        case .exited(let status): .exited(status)
        case .signaled(let signal): .signaled(signal)
        }
    }
}
