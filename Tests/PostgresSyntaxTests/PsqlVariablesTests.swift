// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("psql's variables")
struct PsqlVariablesTests {
    /// Names that psql 15 sets itself, names that only newer ones set, and names that nobody sets.
    private static let own = [
        "AUTOCOMMIT", "COMP_KEYWORD_CASE", "DBNAME", "ECHO", "ECHO_HIDDEN", "ENCODING", "ERROR", "FETCH_COUNT",
        "HIDE_TABLEAM", "HIDE_TOAST_COMPRESSION", "HISTCONTROL", "HISTSIZE", "HOST", "IGNOREEOF", "LAST_ERROR_MESSAGE",
        "LAST_ERROR_SQLSTATE", "ON_ERROR_ROLLBACK", "ON_ERROR_STOP", "PORT", "PROMPT1", "PROMPT2", "PROMPT3", "QUIET",
        "ROW_COUNT", "SERVER_VERSION_NAME", "SERVER_VERSION_NUM", "SHOW_ALL_RESULTS", "SHOW_CONTEXT", "SINGLELINE",
        "SINGLESTEP", "SQLSTATE", "USER", "VERBOSITY", "VERSION", "VERSION_NAME", "VERSION_NUM",
    ]
    private static let newOnes = [
        "PIPELINE_COMMAND_COUNT", "PIPELINE_RESULT_COUNT", "PIPELINE_SYNC_COUNT", "SERVICE", "SHELL_ERROR",
        "SHELL_EXIT_CODE", "WATCH_INTERVAL",
    ]
    private static let others = [
        "user", "Dbname", "HISTFILE", "EDITOR", "name", "x", "_1", "1", "größe", "USERS", "US",
    ]
    private static let forms = [":%", ":'%'", ":\"%\"", ":{?%}"]
    /// Where a variable is one: `¤` stands for it.
    private static let places = ["SELECT ¤;", "SELECT (1 + ¤);", "¤;", "SELECT a[1¤];", "SELECT a\n  ,¤\n;", "x::¤;"]
    /// Where it is not.
    private static let shelters = [
        "SELECT '¤';", "SELECT \"¤\";", "SELECT $$¤$$;", "SELECT $a$¤$a$;", "SELECT 1 -- ¤\n;", "SELECT /* ¤ */ 1;",
        "SELECT E'\\'¤';", "SELECT U&'¤';",
    ]

    private static func texts(_ names: [String], _ places: [String]) -> [String] {
        names.flatMap { name in
            forms.flatMap { form in
                places.map { $0.replacing("¤", with: form.replacing("%", with: name)) }
            }
        }
    }

    private func refusal(of text: String) -> SQLSyntaxError? {
        do throws(SQLSyntaxError) {
            _ = try SQLScript.statements(in: text)
            return nil
        } catch {
            return error
        }
    }

    @Test("What psql replaces is refused, and what it sends as it stands is refused only where SQL has no colon")
    func replaced() async throws {
        let texts = Self.texts(Self.own + Self.others, Self.places)
        let answers = try PsqlOracle().statements(for: texts, standardStrings: true)
        var replaced = 0
        for (text, answer) in zip(texts, answers) {
            let error = refusal(of: text)
            if answer.map(\.sql) != [text] {
                replaced += 1
                #expect(error?.code == .variableReference, "\(text): psql sends \(answer.map(\.sql))")
                #expect(error?.message.hasPrefix("psql would write ") ?? false, "\(text)")
            } else if text.contains("[") {
                #expect(error == nil, "\(text)")
            } else {
                #expect(error?.message.hasPrefix("psql would look up the variable ") ?? false, "\(text)")
            }
        }
        print("\(texts.count) variables, \(replaced) replaced by psql")
    }

    @Test("What newer versions of psql set is refused everywhere", arguments: newOnes)
    func newer(name: String) {
        for text in Self.texts([name], Self.places) {
            #expect(refusal(of: text)?.code == .variableReference, "\(text)")
        }
    }

    @Test("psql replaces nothing in quotes and comments, and nothing is refused there")
    func shelters() throws {
        let texts = Self.texts(["USER", "x"], Self.shelters).filter {
            // A quote in quotes would end them.
            !($0.contains("'¤") || $0.contains(":'") && $0.contains("'¤'")) && $0.count(where: { $0 == "'" }) < 4
                && $0.count(where: { $0 == "\"" }) < 4
        }
        #expect(texts.count > 40)
        for (text, answer) in zip(texts, try PsqlOracle().statements(for: texts, standardStrings: true)) {
            #expect(answer.map(\.sql) == [text])
            #expect(refusal(of: text) == nil, "\(text)")
        }
    }

    @Test(
        "A colon of SQL is not taken for a variable",
        arguments: [
            "SELECT a[1:2], a[i:j], a[:n], a['1':'2'], a[i:\"j\"], b::int, f(c := 1), f(c:=1), a[f(x):g(:y)];",
            "SELECT JSON_OBJECT('a':b, 'c':'d', 'e':\"f\" ABSENT ON NULL, 'g':JSON_OBJECT('h':i)), (1), json_object ('a':1);",
            "SELECT json_objectagg /* x( */ (\nk:v) FROM t;", "SELECT JSON_OBJECT(a(b):c, d:1);",
        ])
    func colons(text: String) throws {
        #expect(refusal(of: text) == nil)
        #expect(try PsqlOracle().statements(for: [text], standardStrings: true)[0].map(\.sql) == [text])
    }

    static let refused: [(text: String, line: Int, column: Int, message: String)] = [
        ("SELECT 1;\n SELECT :name;", 2, 9, "the variable name here"),
        ("SELECT JSON_OBJECT('a':b), (:c);", 1, 29, "the variable c here"),
        ("SELECT JSON_OBJECT('a':f(:b));", 1, 26, "the variable b here"),
        ("SELECT JSON_OBJECT('a':USER);", 1, 23, "its own variable USER here; write the value itself"),
        ("SELECT a[1:PORT];", 1, 11, "or for an array slice a space behind the colon"),
        ("SELECT JSON_OBJECT('a':b); SELECT (:b);", 1, 36, "the variable b here"),
        ("SELECT \"json_object\"(:a);", 1, 22, "the variable a here"),
        ("SELECT :{?name};", 1, 8, "write TRUE or FALSE"),
    ]

    @Test("The error says where, which, and what to write", arguments: refused)
    func messages(text: String, line: Int, column: Int, message: String) throws {
        let error = try #require(refusal(of: text))
        #expect([error.line, error.column] == [line, column])
        #expect(error.message.contains(message), "\(error)")
    }
}
