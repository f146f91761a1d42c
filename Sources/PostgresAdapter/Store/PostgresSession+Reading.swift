// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

extension PostgresSession {
    /// Makes sure that the server reads the strings of a message as they were read here.
    ///
    /// A function or a `DO` block can change `standard_conforming_strings` unseen. Then a string could end where nobody expects
    /// it, and what follows be executed. Only backslashes are read in two ways.
    func requireReading(of message: ScriptMessages.Message, of script: PreparedScript) async throws {
        let first = message.parts.lazy.compactMap { part in
            if case .script(let statement) = part.part { statement.statement } else { nil }
        }.first
        guard let statement = first, message.text.contains(UInt8(ascii: "\\")) else { return }
        let isConforming = await connection.parameter("standard_conforming_strings") != "off"
        guard isConforming != statement.standardConformingStrings else { return }
        throw ScriptProblem(
            position: statement.position,
            message: "standard_conforming_strings is \(isConforming ? "on" : "off") here, which the file does not show",
            hint:
                "change it with SET standard_conforming_strings, on a line of its own, and in no function or DO block."
        ).error(path: script.migration.path, script: script.script, code: .statementFailed)
    }
}
