// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// Finds out whether a `CALL` of a script reaches a procedure that ends transactions itself.
///
/// It follows calls in bodies as well. What scripts create is known from their words; for the rest it has questions, and
/// whoever can ask the catalog answers them.
struct CallSearch {
    /// A name that the catalog may know.
    struct Question: Hashable {
        let name: QualifiedName
        let path: SearchPath
    }

    /// A procedure of the catalog.
    struct Entry {
        let name: QualifiedName
        let arguments: Int
        let body: RoutineBody
    }

    /// Where a search goes on.
    private struct Lead {
        /// The statement of the script that it begins with.
        let origin: Origin
        let question: Question
    }

    private struct Origin {
        /// Where the statement stands.
        let position: SourcePosition
        /// What the statement is, as a person would name it.
        let subject: String
        /// What the scripts have made of procedures when the statement is reached.
        let known: KnownProcedures
        let path: SearchPath
    }

    private struct Visit: Hashable {
        let offset: Int
        let name: QualifiedName
    }

    /// Why the script has to run outside of a transaction, if that is found.
    private(set) var reason: ScriptAnalysis.SequenceReason?
    private var leads: [Lead] = []
    /// The first lead that was not followed yet.
    private var next = 0
    private var visited: Set<Visit> = []
    private var waiting: [Question: [Lead]] = [:]
    private var answers: [Question: [Entry]] = [:]

    /// What has to be asked next; nothing when all is said.
    var questions: [Question] {
        guard reason == nil else { return [] }
        return waiting.keys.sorted { $0.name.parts.lexicographicallyPrecedes($1.name.parts) }
    }

    /// - Parameters:
    ///   - script: The script.
    ///   - known: What scripts before it make of procedures; what this one does is added.
    init(_ script: ScriptAnalysis, _ known: inout KnownProcedures) {
        var path = SearchPath.session
        for event in script.procedureEvents.all {
            switch event {
            case .definition(let statement): known.take(statement)
            case .path(let statement): path.take(statement)
            case .calls(let names, let subject, let position):
                add(names, Origin(position: position, subject: subject, known: known, path: path))
            }
        }
        follow()
    }

    /// Takes the answer to every question of ``questions``.
    mutating func take(_ found: [Question: [Entry]]) {
        let asked = waiting.sorted {
            $0.value[0].origin.position.offset < $1.value[0].origin.position.offset
        }
        waiting = [:]
        for (question, leads) in asked {
            answers[question] = found[question] ?? []
            leads.forEach { look(at: $0) }
        }
        follow()
    }

    private mutating func add(_ names: [QualifiedName], _ origin: Origin) {
        leads += names.map { Lead(origin: origin, question: Question(name: $0, path: origin.path)) }
    }

    private mutating func follow() {
        while reason == nil, next < leads.count {
            let lead = leads[next]
            next += 1
            let visit = Visit(offset: lead.origin.position.offset, name: lead.question.name)
            guard visited.insert(visit).inserted else { continue }
            lead.origin.known.bodies(of: lead.question.name).forEach { look(into: $0, lead) }
            if answers[lead.question] == nil {
                waiting[lead.question, default: []].append(lead)
            } else {
                look(at: lead)
            }
        }
    }

    private mutating func look(at lead: Lead) {
        for entry in answers[lead.question] ?? [] where lead.origin.known.keeps(entry.name, arguments: entry.arguments)
        {
            look(into: entry.body, lead)
        }
    }

    private mutating func look(into body: RoutineBody, _ lead: Lead) {
        guard body.endsTransactions else { return add(body.calls, lead.origin) }
        guard reason == nil else { return }
        let name = lead.question.name.parts.joined(separator: ".")
        let origin = lead.origin
        let place = origin.subject == "the procedure \(name)" ? "" : " (in \(name))"
        reason = ScriptAnalysis.SequenceReason(
            position: origin.position,
            text: "\(origin.subject) ends transactions itself\(place), which needs to be outside of one")
    }
}
