// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import Testing

/// What a folder can have wrong with it, seen from outside.
@Suite struct DirectorySourceProblemTests {
    private static let form = """
        Migrations are named <version>_<description>.sql, for instance 0001_add_users.sql; rename the file, or move it \
        out of the migrations.
        """

    @Test(arguments: [
        ("0001.sql", #"the name has no "_" after the version 0001."#),
        ("0001-x.sql", #"the name has no "_" after the version 0001."#),
        ("0001 x.sql", #"the name has no "_" after the version 0001."#),
        ("0001_.sql", #"the name has no description after "0001_"."#),
        ("0001_.up.sql", #"the name has no description after "0001_"."#),
        ("0001_.down.sql", #"the name has no description after "0001_"."#),
        ("0001_ - .sql", #"the name has no description after "0001_"."#),
        ("add_users.sql", "the name does not begin with a version, which is a whole number."),
        ("V1__x.sql", "the name does not begin with a version, which is a whole number."),
        ("-1_x.sql", "the name does not begin with a version, which is a whole number."),
        ("١_x.sql", "the name does not begin with a version, which is a whole number."),
        ("up.sql", "the name does not begin with a version, which is a whole number."),
        ("billing/down.sql", "the name does not begin with a version, which is a whole number."),
        ("billing/0001x.SQL", #"the name has no "_" after the version 0001."#),
    ])
    func `A script whose name does not fit is named, with the form that fits`(file: String, fault: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(file, "SELECT 1;")
        #expect(folder.problems() == ["\(file): error: \(fault) \(Self.form)"])
    }

    @Test func `A name with control characters in it is refused, and shown without them`() throws {
        let folder = try TemporaryFolder(["0001_a\nb\u{1B}[2J.sql": ""])
        #expect(
            folder.problems() == [
                #"0001_a\u{a}b\u{1b}[2J.sql: error: the name has control characters in it. \#(Self.form)"#
            ])
    }

    @Test(arguments: [
        ("0001_a.sql", "0001_b.sql", "core"), ("0001_a.sql", "1_b.sql", "core"),
        ("0001_a.sql", "0001_b.up.sql", "core"), ("0001_a.sql", "0001_b/up.sql", "core"),
        ("0001_a.sql", "core/0001_a.sql", "core"), ("billing/0001_a/up.sql", "billing/1_a.sql", "billing"),
        ("0001_a/UP.SQL", "0001_a/up.sql", "core"),
    ])
    func `Two files of one version are an error that names both`(
        first: String, second: String, component: String
    ) throws {
        let folder = try TemporaryFolder()
        try folder.write(second, "")
        try folder.write(first, "")
        #expect(
            folder.problems() == [
                """
                \(second): error: \(first) and \(second) both are version 1 of component \(component). Give one of \
                them another number, or remove it.
                """
            ])
    }

    @Test func `The same version in two components is no duplicate`() throws {
        let folder = try TemporaryFolder(["0001_a.sql": "", "x/0001_a.sql": "", "y/0001_a.sql": ""])
        #expect(folder.problems().isEmpty)
    }

    @Test func `A third file of one version is reported too`() throws {
        let folder = try TemporaryFolder(["1_a.sql": "", "1_b.sql": "", "1_c.sql": ""])
        #expect(
            folder.problems().map { $0.prefix(40) } == [
                "1_b.sql: error: 1_a.sql and 1_b.sql both",
                "1_c.sql: error: 1_a.sql and 1_c.sql both",
            ])
    }

    @Test(arguments: ["0002_x.down.sql", "0002_x/down.sql", "billing/0002_x.down.sql"])
    func `An undo script without its migration is named`(file: String) throws {
        let folder = try TemporaryFolder(["0001_x.sql": "", "0003_x.down.md": ""])
        try folder.write(file, "")
        let component = file.hasPrefix("billing") ? "billing" : "core"
        #expect(
            folder.problems() == [
                """
                \(file): error: this undoes version 2 of component \(component), but there is no such migration. Bring \
                the migration back, or remove its undo script.
                """
            ])
    }

    @Test func `Two undo scripts of one version are named`() throws {
        let folder = try TemporaryFolder(["1_x.sql": "", "1_x.down.sql": "", "0001_y.down.sql": ""])
        #expect(
            folder.problems() == [
                """
                1_x.down.sql: error: 0001_y.down.sql and 1_x.down.sql both undo version 1 of component core. Give one \
                of them another number, or remove it.
                """
            ])
    }

    @Test func `A version's folder holds up.sql and down.sql and no other script`() throws {
        let folder = try TemporaryFolder(["0001_x/up.sql": "", "0001_x/helper.sql": "", "0001_x/notes.md": ""])
        #expect(
            folder.problems() == [
                """
                0001_x/helper.sql: error: the folder 0001_x is one migration, of which only up.sql and down.sql are \
                read. Rename the file, or the folder if it is meant to be a component.
                """
            ])
    }

    @Test(arguments: [
        ("my billing", #"has " " in it; letters, digits, "_", "-" and "." are allowed"#),
        ("a:b", #"has ":" in it; letters, digits, "_", "-" and "." are allowed"#),
        ("a,b", #"has "," in it; letters, digits, "_", "-" and "." are allowed"#),
        ("-x", #"begins with "-"; a letter, a digit or "_" has to come first"#),
        (String(repeating: "x", count: 101), "has 101 characters; the history has room for 100"),
    ])
    func `A folder with migrations needs the name of a component`(name: String, fault: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("\(name)/0001_x.sql", "")
        #expect(
            folder.problems() == [
                """
                \(name): error: this folder holds migrations, but its name cannot be that of a component: it \(fault). \
                Rename the folder, or move it away.
                """
            ])
        try folder.remove("\(name)/0001_x.sql")
        #expect(folder.problems().isEmpty)
    }

    @Test func `A component may have a name of 100 characters`() throws {
        let folder = try TemporaryFolder()
        try folder.write("\(String(repeating: "ä", count: 100))/0001_x.sql", "")
        #expect(folder.problems().isEmpty)
    }

    @Test func `All problems are reported together, sorted by file and place`() throws {
        let folder = try TemporaryFolder([
            "0002_b.sql": "-- strata: no-transactions\n-- strata: lock-timeout 3\nSELECT 1;", "0001.sql": "",
            "billing/0001_x.down.sql": "", "0002_a.sql": "SELECT 1;", "billing/0003_x.sql": "-- strata: depends-on\n",
        ])
        try folder.write("0009_latin.sql", bytes: [0x41, 0xE4, 0x41])
        #expect(
            folder.problems().map { $0.prefix { $0 != " " } } == [
                "0001.sql:", "0002_b.sql:", "0009_latin.sql:1:", "billing/0001_x.down.sql:", "billing/0003_x.sql:1:22:",
            ])
        let error = #expect(throws: MigrationFilesError.self) { try folder.source.migrations() }
        #expect(
            error?.problems.map(\.code) == [
                .invalidName, .duplicateVersion, .invalidText, .undoWithoutMigration, .invalidDirective,
            ])
        #expect(error?.folder == folder.path)
        #expect(error?.description.hasSuffix("\n5 problems in the migration files of \(folder.path)") == true)
    }
}
