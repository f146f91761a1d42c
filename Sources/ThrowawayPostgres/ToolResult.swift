// SPDX-License-Identifier: Apache-2.0

/// What a program did: how it ended, and what it wrote.
public struct ToolResult: Sendable, Hashable {
    /// The program's exit status, or `nil` if a signal ended it.
    public let status: Int32?

    /// What it wrote to standard output.
    public let standardOutput: [UInt8]

    /// What it wrote to standard error.
    public let standardError: [UInt8]

    /// Creates a result.
    ///
    /// - Parameters:
    ///   - status: The exit status, or `nil` if a signal ended the program.
    ///   - standardOutput: The bytes of standard output.
    ///   - standardError: The bytes of standard error.
    public init(status: Int32?, standardOutput: [UInt8], standardError: [UInt8]) {
        self.status = status
        self.standardOutput = standardOutput
        self.standardError = standardError
    }

    /// Whether the program ended with status 0.
    public var succeeded: Bool { status == 0 }

    /// Standard output as text; bytes that are not UTF-8 are replaced.
    public var text: String { String(decoding: standardOutput, as: UTF8.self) }

    /// Standard error as text; bytes that are not UTF-8 are replaced.
    public var errorText: String { String(decoding: standardError, as: UTF8.self) }
}
