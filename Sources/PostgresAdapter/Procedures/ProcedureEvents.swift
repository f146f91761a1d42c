// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// What the statements of a script have to do with procedures, in order. Most have nothing.
struct ProcedureEvents {
    enum Event {
        /// A procedure is created or dropped.
        case definition(StatementTokens)
        /// The search path may be another one from here on.
        case path(StatementTokens)
        /// Procedures are called, outside of the file's own transaction blocks.
        case calls([QualifiedName], subject: String, position: SourcePosition)
    }

    private(set) var all: [Event] = []
    /// Whether the script calls anything outside of a block of its own.
    private(set) var hasCalls = false

    mutating func look(at statement: ScriptStatement, _ text: ArraySlice<UInt8>) {
        if statement.kind == .call {
            var tokens = StatementTokens(text)
            guard statement.block == nil, tokens.skip("call"), let name = tokens.takeQualifiedName() else { return }
            let subject = "the procedure \(name.parts.joined(separator: "."))"
            add([name], subject, at: statement)
            return
        }
        let words = StatementTokens(text, limit: 4).all.map { $0.keyword ?? "" }
        switch words.first {
        case "create" where words.contains("procedure"),
            "drop" where ["procedure", "routine"].contains(words.dropFirst().first):
            all.append(.definition(StatementTokens(text)))
        case "set" where words.contains("search_path") || words.contains("schema"), "reset":
            all.append(.path(StatementTokens(text)))
        case "select" where words.contains("set_config"): all.append(.path(StatementTokens(text)))
        case "do" where statement.block == nil:
            add(DoBlock(StatementTokens(text)).body.calls, "the DO block", at: statement)
        default: return
        }
    }

    private mutating func add(_ calls: [QualifiedName], _ subject: String, at statement: ScriptStatement) {
        guard !calls.isEmpty else { return }
        hasCalls = true
        all.append(.calls(calls, subject: subject, position: statement.position))
    }
}
