// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// What the statements that were sent so far mean for the end of their transaction.
struct ScriptTraits {
    /// Whether every statement defines something, and so leaves no rows that a constraint could wait for.
    private(set) var holdsOnlyDefinitions = true
    /// Whether a statement changes how the server reads what comes behind it.
    private(set) var changesReading = false
    private var namesHistory = false
    private let historyName: [UInt8]

    init(history: HistoryTable) {
        historyName = Array(history.name.utf8)
    }

    /// Whether the script could have removed rows of the history: unless it holds nothing but definitions and does not even
    /// name the table.
    ///
    /// A script that drops the table needs no look: then its own row cannot be written.
    var canRemoveHistory: Bool { !holdsOnlyDefinitions || namesHistory }

    mutating func take(_ statement: ScriptStatement, _ text: ArraySlice<UInt8>) {
        if statement.kind.changesReading { changesReading = true }
        guard holdsOnlyDefinitions else { return }
        holdsOnlyDefinitions = Self.defines(text)
        namesHistory = namesHistory || Self.contains(text, historyName)
    }

    /// What begins a statement that defines something and touches no rows but those of the tables that it names.
    private static let definitions: Set<String> = ["create", "alter", "drop", "comment", "grant", "revoke"]

    private static func defines(_ text: ArraySlice<UInt8>) -> Bool {
        definitions.contains(StatementTokens.firstWord(of: text) ?? "")
    }

    /// Looks for a name, in any letter case.
    private static func contains(_ bytes: ArraySlice<UInt8>, _ name: [UInt8]) -> Bool {
        guard let first = name.first.map(folded), bytes.count >= name.count else { return false }
        let last = bytes.endIndex - name.count
        for start in bytes.startIndex...last where folded(bytes[start]) == first {
            if name.indices.allSatisfy({ folded(bytes[start + $0]) == folded(name[$0]) }) { return true }
        }
        return false
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
