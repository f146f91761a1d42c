// SPDX-License-Identifier: Apache-2.0

/// Starts programs, such as `pg_dump`: the only way in which targets do.
public protocol ProcessLauncher: Sendable {
    /// The absolute path of a program: in one of the folders, else in `PATH`; `nil` when it is nowhere.
    func find(_ program: String, in folders: [String]) -> String?

    /// Runs a program to its end.
    ///
    /// A cancelled task ends it, with SIGTERM first, and waits for its end; an error of `input` or `output` ends it as well and is
    /// thrown.
    ///
    /// - Parameters:
    ///   - command: What to run. Arguments are visible to every user of the machine: no secret stands there.
    ///   - input: Gives what it reads from standard input; `nil`: it reads nothing. Is asked no more when the program has stopped
    ///     reading, which is no error: how the program ends tells whether it had enough.
    ///   - output: Takes what it writes to standard output; `nil`: nobody does.
    ///   - message: Told each line that it writes to standard error, without the line's end.
    /// - Throws: When it cannot be started. How it ends is a result, not an error.
    func run(
        _ command: ProcessCommand, input: (any ByteSource)?, output: (any ByteSink)?,
        message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd
}

extension ProcessLauncher {
    /// Runs a program that reads nothing from standard input.
    public func run(
        _ command: ProcessCommand, output: (any ByteSink)?, message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd {
        try await run(command, input: nil, output: output, message: message)
    }
}

/// A program with its arguments.
public struct ProcessCommand: Hashable, Sendable {
    /// The absolute path of the program.
    public var program: String
    /// Its arguments. Never a secret.
    public var arguments: [String]
    /// Variables that it gets in addition to `PATH` and those of the language; nothing else is inherited.
    public var environment: [String: String]

    /// Makes a command.
    public init(program: String, arguments: [String], environment: [String: String] = [:]) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }
}

/// How a program ended.
public enum ProcessEnd: Hashable, Sendable, CustomStringConvertible {
    /// With an exit status.
    case exited(Int32)
    /// By a signal.
    case signaled(Int32)

    /// Whether it ended with exit status 0.
    public var isSuccess: Bool { self == .exited(0) }

    public var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signaled(let signal): "killed by signal \(signal)"
        }
    }
}
