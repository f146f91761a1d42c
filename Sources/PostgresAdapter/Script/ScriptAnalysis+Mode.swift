// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

extension ScriptAnalysis {
    /// Throws when the script cannot run inside one transaction.
    func requireOneTransaction(_ directives: Migration.Directives) throws(ScriptProblem) {
        if let obstacle {
            throw ScriptProblem(
                position: obstacle.position, message: obstacle.reason,
                hint: "this version of Strata runs every file in one transaction. Run it with psql, then: strata fake VERSION.")
        }
        if directives.noTransaction {
            throw ScriptProblem(
                position: SourcePosition(offset: 0, line: 1, column: 1),
                message: "the file asks not to run in a transaction",
                hint: "this version of Strata runs every file in one transaction. Run it with psql, then: strata fake VERSION.")
        }
    }
}
