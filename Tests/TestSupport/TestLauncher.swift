// SPDX-License-Identifier: Apache-2.0

internal import BackupKit
package import MigrationCore
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Starts programs as the real launcher does, tells what was started, and kills what a test wants killed.
package final class TestLauncher: ProcessLauncher {
    /// What a test does to a program.
    package enum Interference: Hashable, Sendable {
        /// Kills it with SIGKILL when it has written so many bytes.
        case kill(after: Int)
    }

    private let interference: [String: Interference]
    private let missing: Set<String>
    private let started = Mutex<[ProcessCommand]>([])
    /// Called with a program's process as soon as it runs.
    private let observe: @Sendable (ProcessCommand, Int32) -> Void

    /// - Parameters:
    ///   - interference: By the names of programs.
    ///   - missing: Programs that are not found.
    package init(
        _ interference: [String: Interference] = [:], without missing: Set<String> = [],
        observe: @escaping @Sendable (ProcessCommand, Int32) -> Void = { _, _ in }
    ) {
        self.interference = interference
        self.missing = missing
        self.observe = observe
    }

    /// Every program so far.
    package var commands: [ProcessCommand] { started.withLock(\.self) }

    package func find(_ program: String, in folders: [String]) -> String? {
        missing.contains(program) ? nil : SubprocessLauncher().find(program, in: folders)
    }

    package func run(
        _ command: ProcessCommand, input: (any ByteSource)?, output: (any ByteSink)?,
        message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd {
        started.withLock { $0.append(command) }
        let name = command.program.split(separator: "/").last.map(String.init) ?? ""
        let killer = KillingSink(next: output, harm: interference[name])
        let launcher = SubprocessLauncher { [observe] command, process in
            killer.process.withLock { $0 = process }
            observe(command, process)
        }
        return try await launcher.run(command, input: input, output: killer, message: message)
    }

    private final class KillingSink: ByteSink {
        let process = Mutex<Int32?>(nil)
        private let next: (any ByteSink)?
        private let harm: Interference?
        private let count = Mutex(0)

        init(next: (any ByteSink)?, harm: Interference?) {
            self.next = next
            self.harm = harm
        }

        func write(_ bytes: [UInt8]) async throws {
            let sum = count.withLock { count in
                count += bytes.count
                return count
            }
            if case .kill(let limit) = harm, sum >= limit, let process = process.withLock(\.self) {
                _ = kill(process, SIGKILL)
            }
            try await next?.write(bytes)
        }
    }
}
