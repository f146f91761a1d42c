// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

extension PostgresSession {
    /// How a script is going to be executed, procedures of the database and of earlier scripts of the plan considered.
    ///
    /// Asks the catalog only if the script calls a procedure.
    public func executionMode(of migration: Migration, script: MigrationScript) async throws -> ExecutionMode? {
        let conforming = await connection.parameter("standard_conforming_strings") != "off"
        var script = try analyses.prepare(migration, script, standardConformingStrings: conforming)
        var search = CallSearch(script.analysis, &plan.procedures)
        if !script.isSequence {
            script.analysis.callReason = try await reason(&search)
            plan.callReasons[migration.id] = script.analysis.callReason
        }
        return script.analysis.executionMode(migration.directives)
    }

    /// Finds out of a script that is about to be executed whether it calls a procedure that ends transactions.
    ///
    /// What the plan said holds. Where it said nothing, the database is asked once more: scripts before this one can have made
    /// procedures in ways that their words do not tell.
    func findCalls(in script: inout PreparedScript) async throws {
        guard !script.isSequence, script.analysis.procedureEvents.hasCalls else { return }
        if let planned = plan.callReasons[script.migration.id] {
            script.analysis.callReason = planned
        } else {
            var known = KnownProcedures()
            var search = CallSearch(script.analysis, &known)
            script.analysis.callReason = try await reason(&search)
        }
    }

    private func reason(_ search: inout CallSearch) async throws -> ScriptAnalysis.SequenceReason? {
        while case let questions = search.questions, !questions.isEmpty {
            let rows = try await connection.query(CallSearch.query(questions))
            search.take(CallSearch.answers(rows, to: questions))
        }
        return search.reason
    }
}

/// What a session found out while it looked at the scripts of a plan, one after the other.
struct PlanKnowledge {
    /// What the scripts so far make of procedures.
    var procedures = KnownProcedures()
    /// Why scripts have to be sequences whose words alone do not tell.
    var callReasons: [MigrationID: ScriptAnalysis.SequenceReason] = [:]
}
