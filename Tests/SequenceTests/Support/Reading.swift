// SPDX-License-Identifier: Apache-2.0

import MigrationCore

@testable import PostgresAdapter

/// A script as the adapter reads it, without a server.
struct Reading {
    let analysis: ScriptAnalysis
    let script: SequenceScript

    init(_ text: String) throws {
        let migration = Migration(
            id: MigrationID(version: 1), name: "0001_step.sql", checksum: Checksum(of: Array(text.utf8)))
        let prepared = try PreparedScript(migration, MigrationScript(text), standardConformingStrings: true)
        analysis = prepared.analysis
        script = try SequenceScript(prepared)
    }

    /// The units as a person would write them: `1-3` in a transaction, `4!` alone.
    var units: [String] {
        script.units().map { unit in
            let numbers = "\(unit.firstNumber)" + (unit.statements.count > 1 ? "-\(unit.statements.upperBound)" : "")
            guard case .alone = unit.kind else { return numbers }
            return numbers + "!"
        }
    }

    /// The effect of the first statement, if that runs alone.
    var effect: StatementEffect? {
        guard case .alone(let effect)? = script.units().first?.kind else { return nil }
        return effect
    }

    /// Entries of a journal that tell of the units up to a statement; the last one in the given state.
    func entries(through number: Int, last: JournalTable.State = .done) -> [JournalTable.Entry] {
        script.units().filter { $0.firstNumber <= number }.map { unit in
            let isLast = unit.statements.upperBound >= number
            return JournalTable.Entry(
                firstNumber: unit.firstNumber, lastNumber: unit.statements.upperBound, total: script.entries.count,
                state: isLast ? last : .done, checksum: unit.checksum, startedAt: "noon",
                note: unit.marks.joined(separator: " "))
        }
    }
}
