// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("Backslash commands")
struct BackslashCommandTests {
    static let commands: [(command: String, advice: String)] = [
        ("\\copy t from 'f.csv'", "\\copy belongs to psql and is not SQL; write COPY ... FROM stdin;"),
        ("\\i other.sql", "\\i belongs to psql and is not SQL; put that file's text here"),
        ("\\ir other.sql", "\\ir belongs to psql"), ("\\include other.sql", "a migration of its own"),
        ("\\connect other", "without pg_dump's option --create"), ("\\c other", "one database"),
        ("\\set a 1", "write the values themselves"), ("\\gset", "write the values themselves"),
        ("\\g", "end the statement with a semicolon"), ("\\gx out.txt", "end the statement with a semicolon"),
        ("\\gexec", "in a DO block"), ("\\if true", "use IF in a DO block"), ("\\echo done", "RAISE NOTICE"),
        ("\\encoding LATIN1", "UTF-8"), ("\\.", "it ends the data of a COPY"), ("\\lo_import f", "lo_from_bytea"),
        ("\\timing on", "\\timing belongs to psql and is not SQL; remove it"), ("\\! ls", "remove it"),
        ("\\;", "remove the backslash"), ("\\\\", "remove the backslash"), ("\\", "remove the backslash"),
        ("\\restrict", "\\restrict belongs to psql"), ("\\restrict a b", "as pg_dump writes them"),
    ]

    @Test(
        "A command is refused with its place and what to write instead, between statements and inside one",
        arguments: commands)
    func refused(command: String, advice: String) throws {
        for (before, line, column) in [("SELECT 'ü';\n ", 2, 2), ("SELECT 'ü' ", 1, 12), ("-- a\n/* b */", 2, 8)] {
            let error = try #require(throws: SQLSyntaxError.self) {
                try SQLScript.statements(in: before + command + "\nSELECT 2;")
            }
            #expect(error.code == .backslashCommand)
            #expect([error.line, error.column] == [line, column], "\(error)")
            #expect(error.message.contains(advice), "\(error)")
        }
    }

    @Test("A command where psql still waits for the end of a routine says where that begins")
    func openBlock() throws {
        // pg_dump does not quote the name begin, and psql cannot read what it wrote.
        let error = try #require(throws: SQLSyntaxError.self) {
            try SQLScript.statements(in: "CREATE FUNCTION a.begin() RETURNS int\n AS 'x';\n\\unrestrict a\n")
        }
        #expect([error.line, error.column] == [3, 1])
        #expect(
            error.message.contains(
                "the END of the BEGIN on line 1, column 19; if that is a name, write it in double quotes"))
    }

    @Test("A backslash in quotes, comments and COPY data is none", arguments: commands)
    func sheltered(command: String, advice: String) throws {
        for (before, after) in [
            ("SELECT '", "';"), ("SELECT \"", "\";"), ("DO $$", "$$;"), ("SELECT $ü$", "$ü$;"), ("-- ", "\n;SELECT 1;"),
            ("/* /* */", "*/ SELECT 1;"), ("SELECT E'\\\\ a", " b';"), ("COPY t FROM stdin;\n x", "\n\\.\n"),
        ]
        where !(command.contains("'") && before.last == "'")
            && !(before.hasPrefix("SELECT E'") && command.contains("'"))
        {
            // An escape string must not lose its closing quote.
            #expect(try SQLScript.statements(in: before + command + after).count == 1, "\(before + command + after)")
        }
    }
}
