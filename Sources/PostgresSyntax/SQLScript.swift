// SPDX-License-Identifier: Apache-2.0

/// A whole SQL text in memory, taken apart into statements.
public enum SQLScript {
    /// The statements of a text, with the places of their data: all that ``StatementReader`` finds.
    ///
    /// - Parameters:
    ///   - bytes: The text, in valid UTF-8.
    ///   - standardConformingStrings: The value of that setting when the text begins.
    /// - Throws: ``SQLSyntaxError`` for what is not closed, a NUL byte, another backslash command, or a variable of psql.
    public static func statements(
        in bytes: [UInt8], standardConformingStrings: Bool = true
    ) throws(SQLSyntaxError) -> [SQLStatement] {
        var rest: ArraySlice<UInt8>? = bytes[...]
        var reader = StatementReader(standardConformingStrings: standardConformingStrings) {
            defer { rest = nil }
            return rest
        }
        do {
            var statements: [SQLStatement] = []
            while let item = try reader.next() {
                switch item {
                case .statement(let statement, _): statements.append(statement)
                case .copyData(let piece, _): statements[statements.count - 1].addCopyData(piece)
                }
            }
            return statements
        } catch {
            // A piece that is in memory comes without fail.
            guard let error = error as? SQLSyntaxError else { preconditionFailure("\(error)") }
            throw error
        }
    }

    /// The statements of a text; see `statements(in:standardConformingStrings:)` for bytes.
    public static func statements(
        in text: String, standardConformingStrings: Bool = true
    ) throws(SQLSyntaxError) -> [SQLStatement] {
        try statements(in: Array(text.utf8), standardConformingStrings: standardConformingStrings)
    }
}
