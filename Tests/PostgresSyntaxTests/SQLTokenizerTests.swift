// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("SQLTokenizer")
struct SQLTokenizerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        /// One letter a token (w, q, s, b, d, n, p, o, or the punctuation itself as `.`), then its text.
        var tokens: [String]

        init(_ text: String, _ tokens: [String]) {
            self.text = text
            self.tokens = tokens
        }

        var testDescription: String { text.debugDescription }
    }

    static let cases: [Case] = [
        Case("", []),
        Case(" -- a\n/* b */ ", []),
        Case("SELECT a.\"B\"\"c\", $1", ["wSELECT", "wa", "..", "q\"B\"\"c\"", ".,", "p$1"]),
        Case("'a''b' E'\\'' N'x' U&'\\' u&\"d\"", ["s'a''b'", "sE'\\''", "sN'x'", "sU&'\\'", "qu&\"d\""]),
        Case("B'0' x'1f''2'", ["bB'0'", "bx'1f'", "s'2'"]),
        Case("$$a;$$ $t$ $x$ $t$;", ["d$$a;$$", "d$t$ $x$ $t$", ".;"]),
        Case(
            "1 1.5 .5 1e5 1e+5 1..2 1abc 1.e",
            ["n1", "n1.5", "n.5", "n1e5", "n1e+5", "n1", "...", "n2", "n1abc", "n1.e"]),
        Case("a::int b:=c d[1:2]", ["wa", ".::", "wint", "wb", ".:=", "wc", "wd", ".[", "n1", ".:", "n2", ".]"]),
        Case("a<=b ->> c=-1 @-- x\n@- /", ["wa", "o<=", "wb", "o->>", "wc", "o=", "o-", "n1", "o@", "o@-", "o/"]),
        Case("a+/* x */b*-1", ["wa", "o+", "wb", "o*", "o-", "n1"]),
        Case("größe $a a$b$ u&", ["wgröße", ".$", "wa", "wa$b$", "wu", "o&"]),
        Case("'open", ["s'open"]),
        Case("\"open", ["q\"open"]),
        Case("$$open$", ["d$$open$"]),
        Case("/* open", []),
        Case("a /* /* b */ c", ["wa"]),
        Case("'a'\n'b'", ["s'a'", "s'b'"]),
    ]

    @Test("A text is read token by token", arguments: cases)
    func tokens(_ testCase: Case) {
        let bytes = Array(testCase.text.utf8)
        var tokenizer = SQLTokenizer()
        var found: [String] = []
        while let token = tokenizer.next(in: bytes.span) {
            found.append(Self.letter(token.kind) + String(decoding: bytes[token.range], as: UTF8.self))
        }
        #expect(found == testCase.tokens)
    }

    @Test("A backslash escapes in a plain string when standard_conforming_strings is off")
    func escapes() {
        let bytes = Array("'a\\' b'".utf8)
        var tokenizer = SQLTokenizer(standardConformingStrings: false)
        #expect(tokenizer.next(in: bytes.span)?.length == bytes.count)
    }

    private static func letter(_ kind: SQLToken.Kind) -> String {
        switch kind {
        case .word: "w"
        case .quotedIdentifier: "q"
        case .string: "s"
        case .bitString: "b"
        case .dollarString: "d"
        case .number: "n"
        case .parameter: "p"
        case .operator: "o"
        case .punctuation: "."
        }
    }
}
