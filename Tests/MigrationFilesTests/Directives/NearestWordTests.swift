// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct NearestWordTests {
    private let known = DirectiveName.allCases.map(\.rawValue)

    @Test(arguments: [
        ("depend-on", "depends-on"), ("depends_on", "depends-on"), ("dependson", "depends-on"),
        ("transaction", "no-transaction"), ("NoTransaction", "no-transaction"), ("no-transactions", "no-transaction"),
        ("lock-timeuot", "lock-timeout"), ("statement_timeout", "statement-timeout"), ("locktimeout", "lock-timeout"),
    ])
    func `A misspelt word finds the one that was meant`(word: String, meant: String) {
        #expect(NearestWord.find(word, among: known) == meant)
    }

    @Test(arguments: ["", "x", "frobnicate", "timeout", "dependencies", String(repeating: "no-transaction", count: 9)])
    func `A word that is far from all finds none`(word: String) {
        #expect(NearestWord.find(word, among: known) == nil)
    }
}
