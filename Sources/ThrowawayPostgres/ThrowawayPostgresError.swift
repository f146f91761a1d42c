// SPDX-License-Identifier: Apache-2.0

/// Why a throw-away server could not be started, controlled or used.
///
/// The description says what happened, where, and what to do about it; ``output`` holds what PostgreSQL itself said.
public struct ThrowawayPostgresError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, to decide on.
    public let code: Code

    /// What happened and what to do, in one or two sentences.
    public let message: String

    /// The server's folder, if the failure has to do with one. It is gone unless the options said to keep it.
    public let folder: String?

    /// The end of what `initdb`, the server or a tool wrote, if it wrote anything.
    public let output: String?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - message: What happened and what to do.
    ///   - folder: The server's folder, if there is one.
    ///   - output: What PostgreSQL wrote, if anything.
    public init(_ code: Code, _ message: String, folder: String? = nil, output: String? = nil) {
        self.code = code
        self.message = message
        self.folder = folder
        self.output = output
    }

    /// The message, the folder, and PostgreSQL's own words.
    public var description: String {
        var text = message
        if let folder { text += " (folder: \(folder))" }
        if let output, !output.isEmpty { text += "\n" + output }
        return text
    }
}
