// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a file, or the manifest about a file, declares. What is `nil` is not stated.
struct DeclaredFacts: Hashable, Sendable {
    var dependencies: Stated<Set<MigrationID>>?
    var noTransaction: Stated<Bool>?
    var lockTimeout: Stated<Duration>?
    var statementTimeout: Stated<Duration>?
    var compatibleWith: Stated<MigrationID>?

    /// Where a fact is stated.
    subscript(position name: DirectiveName) -> TextPosition? {
        switch name {
        case .dependsOn: dependencies?.position
        case .noTransaction: noTransaction?.position
        case .lockTimeout: lockTimeout?.position
        case .statementTimeout: statementTimeout?.position
        case .compatibleWith: compatibleWith?.position
        }
    }

    /// A fact as it would be written, for messages and for comparing.
    subscript(text name: DirectiveName) -> String? {
        switch name {
        case .dependsOn: dependencies.map { $0.value.sorted().map(\.description).joined(separator: ", ") }
        case .noTransaction: noTransaction.map { String($0.value) }
        case .lockTimeout: lockTimeout.map { TimeoutText.format($0.value) }
        case .statementTimeout: statementTimeout.map { TimeoutText.format($0.value) }
        case .compatibleWith: compatibleWith?.value.description
        }
    }

    /// These facts, and those of another place where nothing is stated here.
    func filled(from other: DeclaredFacts) -> DeclaredFacts {
        DeclaredFacts(
            dependencies: dependencies ?? other.dependencies, noTransaction: noTransaction ?? other.noTransaction,
            lockTimeout: lockTimeout ?? other.lockTimeout,
            statementTimeout: statementTimeout ?? other.statementTimeout,
            compatibleWith: compatibleWith ?? other.compatibleWith)
    }

    /// The facts in the form that a migration has them.
    var directives: Migration.Directives {
        Migration.Directives(
            noTransaction: noTransaction?.value ?? false, lockTimeout: lockTimeout?.value,
            statementTimeout: statementTimeout?.value, compatibleWith: compatibleWith?.value)
    }
}
