// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct JSONReaderTests {
    /// A value in a form that can be compared: members and elements with their places.
    private func show(_ node: JSONNode) -> String {
        let place = "\(node.position.line):\(node.position.column)"
        switch node.value {
        case .object(let members):
            return "\(place){\(members.map { "\($0.key)=\(show($0.node))" }.joined(separator: " "))}"
        case .array(let nodes): return "\(place)[\(nodes.map(show).joined(separator: " "))]"
        case .string(let text): return "\(place)'\(text)'"
        case .number(let text): return "\(place)#\(text)"
        case .bool(let value): return "\(place)\(value)"
        case .null: return "\(place)null"
        }
    }

    @Test(arguments: [
        (#"{}"#, "1:1{}"), (" [ ] ", "1:2[]"), ("\u{FEFF}1", "1:1#1"), ("-0.5e+10", "1:1#-0.5e+10"), ("0", "1:1#0"),
        (#"{"a": 1, "b" :[true,false , null]}"#, "1:1{a=1:7#1 b=1:15[1:16true 1:21false 1:29null]}"),
        ("{\"ä€\": \"𝄞\",\r\n \"b\": 2\n}", "1:1{ä€=1:8'𝄞' b=2:7#2}"),
        (#""\"\\\/\b\f\n\r\t\u00e4\uD834\uDD1e""#, "1:1'\"\\/\u{8}\u{C}\n\r\tä𝄞'"),
        (#"{"a":1,"a":2}"#, "1:1{a=1:6#1 a=1:12#2}"), ("[[[[]]]]", "1:1[1:2[1:3[1:4[]]]]"), ("\r\r\n\n1", "4:1#1"),
    ])
    func `Values are read with their places`(text: String, expected: String) throws {
        #expect(show(try JSONReader.read(Array(text.utf8))) == expected)
    }

    @Test(
        arguments: [
            ("", 1, 1, "the file ends where a value should be"),
            ("  \n ", 2, 2, "the file ends where a value should be"),
            ("{", 1, 2, "the file ends where a key should be"),
            ("[1", 1, 3, #"the file ends where "," or "]" should be"#),
            ("{\"a\" 1}", 1, 6, #""1" where ":" should be"#), ("{a: 1}", 1, 2, #""a" where a key should be"#),
            ("[1 2]", 1, 4, #""2" where "," or "]" should be"#),
            ("[1,]", 1, 4, "a comma before the closing bracket; remove it"),
            ("{\"a\":1,\n}", 2, 1, "a comma before the closing bracket; remove it"),
            ("[,]", 1, 2, #""," where a value should be"#),
            ("1 x", 1, 3, #""x" where the end of the file should be"#), ("tru", 1, 1, #""t" where a value should be"#),
            ("'a'", 1, 1, #""'" where a value should be"#), ("[ä]", 1, 2, #""ä" where a value should be"#),
            ("// c\n1", 1, 1, #""/" where a value should be"#),
            ("\"abc", 1, 5, #"the file ends inside a text; the closing " is missing"#),
            (
                "\"a\nb\"", 1, 3,
                #"a line break or control character inside a text; the closing " is missing, or write \n"#
            ),
            (#""\x""#, 1, 3, #""x" where one of \" \\ \/ \b \f \n \r \t \u should be"#),
            (#""\u12G4""#, 1, 6, #""G" where a hexadecimal digit should be"#),
            (#""\uD834""#, 1, 8, "half of a character in \\u…; write both halves, or the character itself"),
            (#""\uD834\u0041""#, 1, 14, "half of a character in \\u…; write both halves, or the character itself"),
            (#""\uDD1e""#, 1, 8, "half of a character in \\u…; write both halves, or the character itself"),
            ("01", 1, 3, "a number with a zero before it; remove the zero"),
            ("-", 1, 2, "the file ends where a digit should be"),
            ("1.", 1, 3, "the file ends where a digit should be"),
            ("1.5e", 1, 5, "the file ends where a digit should be"),
            (".5", 1, 1, #""." where a value should be"#), ("+1", 1, 1, #""+" where a value should be"#),
        ] as [(String, Int, Int, String)])
    func `What is no JSON is reported at its place`(text: String, line: Int, column: Int, message: String) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.read(Array(text.utf8)) }
        #expect(error == JSONSyntaxError(position: TextPosition(line: line, column: column), message: message))
    }

    @Test func `Deep nesting is refused, not followed until the stack ends`() {
        let text = String(repeating: "[", count: 100_000)
        let error = #expect(throws: JSONSyntaxError.self) { try JSONReader.read(Array(text.utf8)) }
        #expect(error?.message == "lists and objects are nested too deeply")
    }

    @Test(arguments: ["", "plain", "\"\\/\n\r\t\u{0}\u{1F}\u{7F}", "ä€𝄞 日本 e\u{301}"])
    func `A text that was quoted is read back as it was`(text: String) throws {
        let node = try JSONReader.read(Array(JSONText.quote(text).utf8))
        guard case .string(let read) = node.value else { Issue.record("no text"); return }
        #expect(Array(read.utf8) == Array(text.utf8))
    }

    @Test func `No text at all makes the reader crash`() {
        var generator = SplitMix(state: 7)
        let alphabet = Array(#"{}[]",:\u0dD8e-+.tfn 1"#.utf8) + [0x0A, 0xC3, 0xA4, 0x00]
        for length in 0..<2000 {
            let bytes = (0..<length % 24).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
            _ = try? JSONReader.read(bytes)
        }
    }
}
