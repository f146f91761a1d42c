// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import Subprocess
internal import Synchronization

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
    /// A program that never ends its line must not fill the memory.
    private static let longestLine = 1 << 16

    private let patience: Duration
    private let started: @Sendable (ProcessCommand, Int32) -> Void

    /// Makes a launcher.
    ///
    /// - Parameters:
    ///   - patience: How long a program may take to end when it is asked to, with SIGTERM; after that it is killed.
    ///   - started: Told of every program, with the number of its process.
    public init(
        patience: Duration = .seconds(10),
        started: @escaping @Sendable (ProcessCommand, Int32) -> Void = { _, _ in }
    ) {
        self.patience = patience
        self.started = started
    }

    public func find(_ program: String, in folders: [String]) -> String? {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        let all = folders + path.split(separator: ":").map(String.init)
        return all.lazy.map { "\($0)/\(program)" }.first { candidate in
            guard case .file = try? SystemFiles().kind(of: Self.resolved(candidate)) else { return false }
            return unsafe access(candidate, X_OK) == 0
        }
    }

    public func run(
        _ command: ProcessCommand, input: (any ByteSource)?, output: (any ByteSink)?,
        message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd {
        let teardown: [TeardownStep] = [.gracefulShutDown(allowedDurationToNextStep: patience)]
        var options = PlatformOptions()
        options.teardownSequence = teardown
        let configuration = Configuration(
            executable: .path(FilePath(command.program)), arguments: Arguments(command.arguments),
            environment: .custom(Self.variables(command.environment)), platformOptions: options)
        let feed: ProgramInput?
        let reader: FileDescriptor
        do {
            feed = try input.map { _ in try ProgramInput() }
            reader = try feed?.reader ?? FileDescriptor.open("/dev/null", .readOnly)
        } catch {
            throw BackupKitError(.configuration, "\(command.program) could not be started: \(error)")
        }
        let isStarted = Mutex(false)
        let outcome: ExecutionResult<(any Error)?, SequenceOutput, SequenceOutput>
        do {
            outcome = try await Subprocess.run(
                configuration, input: .fileDescriptor(reader, closeAfterSpawningProcess: true), output: .sequence,
                error: .sequence
            ) { execution in
                isStarted.withLock { $0 = true }
                started(command, execution.processIdentifier.value)
                async let messages: Void = Self.forward(execution.standardError, to: message)
                async let fed: (any Error)? = {
                    guard let feed, let input else { return nil }
                    do {
                        try await feed.feed(input)
                        return nil
                    } catch {
                        await execution.teardown(using: teardown)
                        return error
                    }
                }()
                var failure: (any Error)?
                do {
                    for try await buffer in execution.standardOutput {
                        try await output?.write(buffer.withUnsafeBytes { unsafe [UInt8]($0) })
                    }
                } catch {
                    failure = error
                    await execution.teardown(using: teardown)
                }
                _ = try? await messages
                let unfed = await fed
                return failure ?? unfed
            }
        } catch let error as SubprocessError {
            if !isStarted.withLock(\.self) { feed?.discard() }
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
        var lines = LineSplitter(limit: longestLine)
        for try await buffer in output {
            lines.add(buffer.withUnsafeBytes { unsafe [UInt8]($0) }, message)
        }
        lines.finish(message)
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
