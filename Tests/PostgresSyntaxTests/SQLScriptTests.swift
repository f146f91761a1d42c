// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("SQLScript")
struct SQLScriptTests {
    private func texts(_ text: String, _ statements: [SQLStatement]) -> [String] {
        let bytes = Array(text.utf8)
        return statements.map { String(decoding: bytes[$0.byteRange], as: UTF8.self) }
    }

    @Test("Statements come with their text, place and kind; empty ones are left out")
    func statements() throws {
        let text = "\u{FEFF}-- c\n;BEGIN;\n  /* ü */ ;\nSELECT 'ü'; COMMIT"
        let statements = try SQLScript.statements(in: text)
        #expect(texts(text, statements) == ["BEGIN;", "SELECT 'ü';", "COMMIT"])
        #expect(statements.map(\.position.line) == [2, 4, 4])
        #expect(statements.map(\.position.column) == [2, 1, 13])
        #expect(statements.map(\.kind) == [.begin(hasModes: false), .other, .commit(chain: false)])
    }

    @Test("A text without statements has none", arguments: ["", "\u{FEFF}", ";", "-- a", "/* a */;\n\\restrict x\n"])
    func nothing(_ text: String) throws {
        #expect(try SQLScript.statements(in: text).isEmpty)
    }

    @Test("COPY data belongs to its statement")
    func copyData() throws {
        let text = "COPY a FROM STDIN; COPY b FROM STDIN;\n1\n\\.\n2\n\\.\nSELECT 1; COPY c FROM STDIN"
        let bytes = Array(text.utf8)
        let statements = try SQLScript.statements(in: text)
        let data = statements.map { statement in
            statement.copyData.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        #expect(data == ["1\n", "2\n", nil, ""])
    }

    @Test("What pg_dump writes around its text is passed over")
    func restrict() throws {
        let text =
            "--\n-- dump\n--\n\n\\restrict aB3\n\nSET standard_conforming_strings = on;\nSELECT 1;\n\n\\unrestrict aB3\n\n"
        #expect(
            try texts(text, SQLScript.statements(in: text)) == ["SET standard_conforming_strings = on;", "SELECT 1;"])
    }

    @Test("Setting and resetting standard_conforming_strings is followed")
    func settings() throws {
        let text = """
            SET standard_conforming_strings = off;
            SELECT 'a\\';';
            RESET ALL;
            SELECT 'a\\';
            SET LOCAL standard_conforming_strings TO 'no';
            SELECT 'b\\';';
            DISCARD ALL;
            SELECT 'b\\';
            """
        #expect(try SQLScript.statements(in: text).count == 8)
        for harmless in ["SELECT 'a'\n, '\\';'", "SELECT 1;\nSELECT '\\';'", "\nSELECT '\\';'"] {
            #expect(try SQLScript.statements(in: "SET standard_conforming_strings = off; \(harmless)").count >= 2)
        }
        #expect(try SQLScript.statements(in: "SELECT 'a\\'; b'", standardConformingStrings: false).count == 1)
    }

    @Test("Array slices are not taken for variables")
    func slices() throws {
        #expect(try SQLScript.statements(in: "SELECT a[1:2], a[i:j], a[:n], b::int, c := 1;").count == 1)
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        var text: String
        var code: SQLSyntaxError.Code
        var line: Int
        var column: Int

        init(_ text: String, _ code: SQLSyntaxError.Code, _ line: Int, _ column: Int) {
            self.text = text
            self.code = code
            self.line = line
            self.column = column
        }

        var testDescription: String { text.debugDescription }
    }

    static let failures: [Failure] = [
        Failure("SELECT 1;\nSELECT 'ü', 'abc\n", .unterminatedString, 2, 13),
        Failure("SELECT 'ü', \"abc\n\n", .unterminatedQuotedIdentifier, 1, 13),
        Failure("/* /* */\nSELECT 1;", .unterminatedComment, 1, 1),
        Failure("SELECT 1;\n  DO $a$ $A$ $$", .unterminatedDollarQuote, 2, 6),
        Failure("SELECT 1;\nSELECT f((1); SELECT 'x';\n", .unterminatedParenthesis, 2, 9),
        Failure("CREATE FUNCTION f()\nBEGIN ATOMIC SELECT (1); ", .unterminatedBlock, 2, 1),
        Failure("SELECT 1;\nSELECT \0;", .nulByte, 2, 8),
        Failure("SELECT 1;\n\\i file.sql\n", .backslashCommand, 2, 1),
        Failure("SELECT 1 \\gexec\n", .backslashCommand, 1, 10),
        Failure("SELECT 1\n\\restrict a\n;", .backslashCommand, 2, 1),
        Failure("SELECT 1;\n SELECT :name;", .variableReference, 2, 9),
        Failure("SELECT f(:'b');", .variableReference, 1, 10),
        Failure("SELECT (:{?b});", .variableReference, 1, 9),
        Failure("COPY a FROM STDIN; SELECT\n1\n\\.\n", .misplacedCopyData, 1, 20),
        Failure("SELECT 1;\nSET standard_conforming_strings = off; SELECT 'a\\'';COMMIT; --';", .readTwoWays, 2, 40),
        Failure(
            "SELECT set_config('standard_conforming_strings', 'off', false); SELECT '\\',\n2;", .readTwoWays, 1, 65),
        Failure("\u{FEFF}'", .unterminatedString, 1, 1),
    ]

    @Test("An error says where and what", arguments: failures)
    func errors(_ failure: Failure) throws {
        let error = try #require(throws: SQLSyntaxError.self) { try SQLScript.statements(in: failure.text) }
        #expect(error.code == failure.code)
        #expect(error.line == failure.line)
        #expect(error.column == failure.column)
        #expect(error.description.hasPrefix("line \(failure.line), column \(failure.column): "))
    }
}
