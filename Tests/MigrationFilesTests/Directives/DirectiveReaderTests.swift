// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

@Suite struct DirectiveReaderTests {
    private func read(_ text: String) -> DirectiveReader {
        var comments = LeadingComments()
        comments.consume(Array(text.utf8)[...])
        comments.finish()
        return DirectiveReader(
            comments.found, path: "billing/0002_x.sql", id: MigrationID(component: "billing", version: 2))
    }

    @Test(arguments: [
        "-- strata: depends-on core:3, billing:12", "-- strata:depends-on core:3,billing:12",
        "--strata :depends-on\tcore:0003 ,\t12  ", "-- Strata: depends-on core:3\n-- strata: depends-on 12",
        "-- strata: depends-on 12, 0012, core:3, core:03\r\n",
    ])
    func `Dependencies may be written in several ways`(text: String) {
        let reader = read(text)
        #expect(reader.problems.isEmpty)
        #expect(
            reader.facts.dependencies?.value == [
                MigrationID(version: 3), MigrationID(component: "billing", version: 12),
            ])
    }

    @Test func `A version alone is one of the file's own component`() {
        let dependencies = read("-- strata: depends-on 1").facts.dependencies?.value
        #expect(dependencies == [MigrationID(component: "billing", version: 1)])
    }

    @Test func `The other directives are understood`() {
        let reader = read(
            """
            -- strata: no-transaction
            -- strata: lock-timeout 3s
            -- strata: statement-timeout 10 min
            -- strata: compatible-with core:0012
            """)
        #expect(reader.problems.isEmpty)
        #expect(
            reader.facts.directives
                == Migration.Directives(
                    noTransaction: true, lockTimeout: .seconds(3), statementTimeout: .seconds(600),
                    compatibleWith: MigrationID(version: 12)))
        #expect(reader.facts[position: .lockTimeout] == TextPosition(line: 2, column: 25))
    }

    private static let list = "There are: depends-on, no-transaction, lock-timeout, statement-timeout, compatible-with."
    private static let units = "write a whole number and one of the units us, ms, s, min, h, d, for instance 3s."

    @Test(arguments: [
        ("-- strata: depend-on core:3", "1:12", #"unknown directive "depend-on"; did you mean depends-on? \#(list)"#),
        (
            "-- strata: NO_TRANSACTION", "1:12",
            #"unknown directive "NO_TRANSACTION"; did you mean no-transaction? \#(list)"#
        ),
        ("\n /* ä */ -- strata:  frobnicate", "2:22", #"unknown directive "frobnicate". \#(list)"#),
        (
            "-- strata: no-transaction;", "1:12",
            #"unknown directive "no-transaction;"; did you mean no-transaction? \#(list)"#
        ),
        ("-- strata:", "1:11", "the directive is missing. \(list)"),
        ("-- strata:   ", "1:11", "the directive is missing. \(list)"),
        ("-- strata no-transaction", "1:10", #"the colon is missing: write "-- strata: no-transaction"."#),
        ("-- strata: no-transaction at all", "1:27", #"no-transaction takes no value; remove "at all"."#),
        (
            "-- strata: depends-on", "1:22",
            #"depends-on has no value: write, for instance, "-- strata: depends-on core:3, billing:12"."#
        ),
        (
            "-- strata: lock-timeout  ", "1:24",
            #"lock-timeout has no value: write, for instance, "-- strata: lock-timeout 3s"."#
        ),
        ("-- strata: lock-timeout 3", "1:25", #""3" has no unit: \#(units)"#),
        ("-- strata: lock-timeout 3s 5s", "1:25", #""3s 5s" is not a duration: \#(units)"#),
        ("-- strata: statement-timeout soon", "1:30", #""soon" is not a duration: \#(units)"#),
        (
            "-- strata: depends-on core:3, core:x", "1:31",
            """
            "core:x" is not a migration: write COMPONENT:VERSION, for instance core:3, or the VERSION alone for \
            component billing.
            """
        ),
        (
            "-- strata: depends-on core:3 core:4", "1:23",
            """
            "core:3 core:4" is not a migration: write COMPONENT:VERSION, for instance core:3, or the VERSION alone for \
            component billing; separate several with commas.
            """
        ),
        ("-- strata: depends-on core:3,", "1:30", "a migration is missing here: write COMPONENT:VERSION."),
        ("-- strata: depends-on ,core:3", "1:23", "a migration is missing here: write COMPONENT:VERSION."),
        (
            "-- strata: depends-on core:1, billing:0002", "1:31",
            "this migration is billing:2 itself, and cannot depend on itself; remove the reference."
        ),
        (
            "-- strata: depends-on 2", "1:23",
            "this migration is billing:2 itself, and cannot depend on itself; remove the reference."
        ),
        (
            "-- strata: depends-on a/b:3", "1:23",
            #""a/b:3" names no component: "a/b" has "/" in it; letters, digits, "_", "-" and "." are allowed."#
        ),
        (
            "-- strata: lock-timeout 3s\n\n-- strata: lock-timeout 3s", "3:12",
            "lock-timeout is stated a second time, after line 1. Remove one of the two."
        ),
        (
            "-- strata: compatible-with", "1:27",
            #"compatible-with has no value: write, for instance, "-- strata: compatible-with core:12"."#
        ),
        (
            "-- strata: compatible-with core:3, billing:1", "1:28",
            """
            "core:3, billing:1" is not a migration: write COMPONENT:VERSION, for instance core:3, or the VERSION alone for \
            component billing; a build is named by one migration.
            """
        ),
        (
            "-- strata: compatible-with 1\n-- strata: compatible-with core:3", "2:12",
            "compatible-with is stated a second time, after line 1. Remove one of the two."
        ),
        (
            "-- strata: compatible_with core:3", "1:12",
            #"unknown directive "compatible_with"; did you mean compatible-with? \#(list)"#
        ),
        (
            "-- strata: no-transaction\r\n-- strata: no-transaction", "2:12",
            "no-transaction is stated a second time, after line 1. Remove one of the two."
        ),
    ])
    func `What cannot be understood is reported at its place`(text: String, place: String, message: String) {
        #expect(read(text).problems.map(\.description) == ["billing/0002_x.sql:\(place): error: \(message)"])
    }

    @Test(arguments: ["-- strata runs this file", "-- strata", "-- stratagem: x", "-- strata-no-transaction"])
    func `A comment may begin with our name`(text: String) {
        #expect(read(text).problems.isEmpty)
        #expect(read(text).facts == DeclaredFacts())
    }

    @Test func `Every problem of a file is reported, and what is right is kept`() {
        let reader = read("-- strata: x\n-- strata: depends-on a, core:1, b\n-- strata: lock-timeout 1")
        #expect(reader.problems.map(\.line) == [1, 2, 2, 3])
        #expect(reader.problems.map(\.column) == [12, 23, 34, 25])
        #expect(reader.facts.dependencies?.value == [MigrationID(version: 1)])
    }
}
