// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

@Suite struct DeclaredFactsTests {
    private let place = TextPosition(line: 2, column: 5)
    private let elsewhere = TextPosition(line: 9, column: 9)

    private var full: DeclaredFacts {
        DeclaredFacts(
            dependencies: Stated(
                value: [MigrationID(component: "b", version: 1), MigrationID(version: 10)], position: place),
            noTransaction: Stated(value: true, position: place),
            lockTimeout: Stated(value: .seconds(3), position: place),
            statementTimeout: Stated(value: .seconds(600), position: place),
            compatibleWith: Stated(value: MigrationID(version: 12), position: place))
    }

    @Test func `Facts have a text that is the same for the same value`() {
        let texts = DirectiveName.allCases.map { full[text: $0] }
        #expect(texts == ["core:10, b:1", "true", "3s", "10min", "core:12"])
        #expect(DirectiveName.allCases.allSatisfy { DeclaredFacts()[text: $0] == nil })
    }

    @Test func `Facts have their places`() {
        #expect(DirectiveName.allCases.allSatisfy { full[position: $0] == place })
        #expect(DirectiveName.allCases.allSatisfy { DeclaredFacts()[position: $0] == nil })
    }

    @Test func `What is stated stays, what is not is taken from the other place`() {
        let other = DeclaredFacts(
            dependencies: nil, noTransaction: Stated(value: false, position: elsewhere), lockTimeout: nil,
            statementTimeout: Stated(value: .seconds(1), position: elsewhere))
        #expect(full.filled(from: other) == full)
        #expect(other.filled(from: full).dependencies == full.dependencies)
        #expect(other.filled(from: full).compatibleWith == full.compatibleWith)
        #expect(other.filled(from: full).noTransaction?.value == false)
        #expect(other.filled(from: full).statementTimeout?.position == elsewhere)
        #expect(DeclaredFacts().filled(from: full) == full)
    }

    @Test func `Without facts a migration asks for nothing special`() {
        #expect(DeclaredFacts().directives == Migration.Directives())
        #expect(
            full.directives
                == Migration.Directives(
                    noTransaction: true, lockTimeout: .seconds(3), statementTimeout: .seconds(600),
                    compatibleWith: MigrationID(version: 12)))
    }
}
