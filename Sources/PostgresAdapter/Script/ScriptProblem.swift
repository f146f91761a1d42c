// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// Something in a script that makes it impossible to execute, found without a server.
struct ScriptProblem: Error {
    var position: SourcePosition
    var message: String
    var hint: String?

    /// The problem as a person sees it, with the line of the file and a mark under the place.
    func error(path: String, bytes: [UInt8], code: PostgresError.Code = .invalidScript) -> PostgresError {
        var lines = ["\(path):\(position.line):\(position.column): error: \(message)"]
        lines += SourceExcerpt(bytes: bytes, offset: position.offset).lines(
            lineNumber: position.line, column: position.column)
        if let hint { lines.append("hint: \(hint)") }
        return PostgresError(code: code, message: lines.joined(separator: "\n"))
    }
}
