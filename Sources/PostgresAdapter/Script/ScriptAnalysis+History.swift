// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

extension ScriptAnalysis {
    /// Whether the script could remove rows of the history: unless it holds nothing but definitions and does not even name
    /// the table.
    ///
    /// A script that drops the table needs no look: then its own row cannot be written.
    func canRemoveRows(of table: HistoryTable) -> Bool {
        !holdsOnlyDefinitions || Self.contains(bytes, Array(table.name.utf8))
    }

    /// Whether every statement defines something, and so leaves no rows that a constraint could wait for.
    var holdsOnlyDefinitions: Bool {
        statements.allSatisfy { statement in
            let text = Array(text(of: statement))
            var tokenizer = SQLTokenizer()
            guard let first = tokenizer.next(in: text.span), first.kind == .word else { return false }
            return Self.definitions.contains(String(decoding: text[first.range], as: UTF8.self).lowercased())
        }
    }

    /// What begins a statement that defines something and touches no rows but those of the tables that it names.
    private static let definitions: Set<String> = ["create", "alter", "drop", "comment", "grant", "revoke"]

    /// Looks for a name, in any letter case.
    private static func contains(_ bytes: [UInt8], _ name: [UInt8]) -> Bool {
        guard let first = name.first, bytes.count >= name.count else { return false }
        let lower = folded(first)
        for start in 0...(bytes.count - name.count) where folded(bytes[start]) == lower {
            if name.indices.allSatisfy({ folded(bytes[start + $0]) == folded(name[$0]) }) { return true }
        }
        return false
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
