// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import Subprocess

#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Starts programs on this machine.
public struct SubprocessLauncher: ProcessLauncher {
    /// How long a program may take to end when it is asked to.
    private static let patience = Duration.seconds(10)

    /// Makes a launcher.
    public init() {}

    public func find(_ program: String, in folders: [String]) -> String? {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        let all = folders + path.split(separator: ":").map(String.init)
        return all.lazy.map { "\($0)/\(program)" }.first { candidate in
            guard case .file = try? SystemFiles().kind(of: Self.resolved(candidate)) else { return false }
            return unsafe access(candidate, X_OK) == 0
        }
    }

    public func run(
        _ command: ProcessCommand, output: (any ByteSink)?, message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.patience)]
        let configuration = Configuration(
            executable: .path(FilePath(command.program)), arguments: Arguments(command.arguments),
            environment: .custom(Self.variables(command.environment)), platformOptions: options)
        let outcome: ExecutionResult<(any Error)?, SequenceOutput, SequenceOutput>
        do {
            outcome = try await Subprocess.run(
                configuration, input: .none, output: .sequence, error: .sequence
            ) { execution in
                async let messages: Void = Self.forward(execution.standardError, to: message)
                var failure: (any Error)?
                do {
                    for try await buffer in execution.standardOutput {
                        try await output?.write(buffer.withUnsafeBytes { unsafe [UInt8]($0) })
                    }
                } catch {
                    failure = error
                    await execution.teardown(using: options.teardownSequence)
                }
                _ = try? await messages
                return failure
            }
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw BackupKitError(.configuration, "\(command.program) could not be started: \(error)")
        }
        try Task.checkCancellation()
        if let failure = outcome.closureResult { throw failure }
        switch outcome.terminationStatus {
        case .exited(let status): return .exited(status)
        case .signaled(let signal): return .signaled(signal)
        }
    }

    private static func forward(
        _ output: SubprocessOutputSequence, to message: @Sendable (String) -> Void
    ) async throws {
        var line: [UInt8] = []
        func end() {
            if !line.isEmpty { message(String(decoding: line, as: UTF8.self)) }
            line = []
        }
        for try await buffer in output {
            for byte in buffer.withUnsafeBytes({ unsafe [UInt8]($0) }) {
                // A program that never ends its line must not fill the memory.
                if byte == UInt8(ascii: "\n") || line.count > 1 << 16 { end() } else { line.append(byte) }
            }
        }
        end()
    }

    /// Nothing of ours is inherited but what every program needs: passwords that we were given in variables are nobody else's business.
    private static func variables(_ given: [String: String]) -> [Environment.Key: String] {
        var variables: [Environment.Key: String] = [:]
        for name in ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TMPDIR", "TZ", "LD_LIBRARY_PATH"] {
            if let value = unsafe getenv(name) {
                variables[Environment.Key(stringLiteral: name)] = unsafe String(cString: value)
            }
        }
        for (name, value) in given { variables[Environment.Key(stringLiteral: name)] = value }
        return variables
    }

    private static func resolved(_ path: String) -> String {
        guard let found = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }
}
