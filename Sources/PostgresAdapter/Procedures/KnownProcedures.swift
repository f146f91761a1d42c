// SPDX-License-Identifier: Apache-2.0

/// What scripts make of the procedures of a database, in the order in which they would be executed.
struct KnownProcedures {
    /// What is not any more as the catalog has it.
    private struct Removal {
        let name: QualifiedName
        /// Of the procedures with so many arguments only; `nil`: of all that have the name.
        let arguments: Int?
    }

    private var definitions: [ProcedureDefinition] = []
    private var removals: [Removal] = []

    /// Takes note of a statement that creates or drops a procedure; others change nothing.
    mutating func take(_ statement: StatementTokens) {
        if let definition = ProcedureDefinition(statement) {
            if definition.replaces { remove(Removal(name: definition.name, arguments: definition.arguments)) }
            definitions.append(definition)
            return
        }
        var tokens = statement
        guard tokens.skip("drop"), tokens.skip("procedure") || tokens.skip("routine") else { return }
        _ = tokens.skip("if", "exists")
        guard let name = tokens.takeQualifiedName() else { return }
        remove(Removal(name: name, arguments: nil))
    }

    private mutating func remove(_ removal: Removal) {
        definitions.removeAll { Self.concerns(removal, $0.name, $0.arguments) }
        removals.append(removal)
    }

    /// The bodies of those that a `CALL` of that name can mean; which of several it is, its arguments decide.
    func bodies(of name: QualifiedName) -> [RoutineBody] {
        definitions.filter { $0.name.canMean(name) }.map(\.body)
    }

    /// Whether a procedure of the catalog is still as it is there.
    func keeps(_ name: QualifiedName, arguments: Int) -> Bool {
        !removals.contains { Self.concerns($0, name, arguments) }
    }

    private static func concerns(_ removal: Removal, _ name: QualifiedName, _ arguments: Int) -> Bool {
        removal.name.canMean(name) && (removal.arguments ?? arguments) == arguments
    }
}

extension QualifiedName {
    /// Whether two names can mean the same thing: a schema that is not given can be any.
    func canMean(_ other: QualifiedName) -> Bool {
        guard parts.count > 1, other.parts.count > 1 else { return last == other.last }
        return parts.suffix(2) == other.parts.suffix(2)
    }
}
