// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax

/// Makes nasty texts out of others, always the same for a seed.
struct Mutator {
    private var state: UInt64
    private let sources: [[Unicode.Scalar]]

    private static let snippets: [String] = [
        "'", "''", "\"", "\"\"", "$$", "$a$", "$b$", "$ü$", "$a$b$", "$", "$1", "--", "-- ", "/*", "*/", "\\", "\\zz ",
        ";", ";\n", "(", ")", "[", "]", ":", "::", ":=", ":x", ":'x'", ":\"x\"", ":{?x}", "E'", "e'\\'", "U&'", "u&\"",
        "B'", "x'", "N'", "n'", " BEGIN ", " END ", " CASE ", "\nend;", "CREATE FUNCTION f() ", " BEGIN ATOMIC ",
        "create or replace procedure p() begin atomic ", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;",
        "CASE WHEN a THEN 1 END", "\r", "\n", "\r\n", "\n\n", "\n\r", " ", "\t", "\u{0C}", "\u{0B}", "1", "1e", "1.",
        "..", "1e+", "e", "E", "a", "_", "ü", "😀", "\u{FEFF}", "+", "-", "*", "/", "@", "&", "{", "}", "\\\n", "\\;",
        "'\n'", "'\r'", "' --c\r'", "SET standard_conforming_strings = off;", "SET standard_conforming_strings = on;\n",
        "RESET standard_conforming_strings;", "COPY t FROM STDIN;\n", "COPY t (a) FROM stdin;\n1\n\\.\n", "\n\\.\n",
        "\\.",
        "\\restrict k\n", "\\unrestrict k\n",
    ]
    /// What decides where statements end: the places beside it are mutated more often than others.
    private static let marks = Set("'\"$-/*\\;()[]:&\n\r.".unicodeScalars)

    init(seed: UInt64, sources: [String]) {
        state = seed &* 2 &+ 1
        self.sources = sources.filter { !$0.isEmpty && !$0.unicodeScalars.contains("\0") }.map {
            Array($0.unicodeScalars)
        }
    }

    mutating func next() -> String {
        var text = pick(sources)
        // Short texts make for more meetings of nasty things; long ones are cut.
        if text.count > 400 {
            let start = random(text.count - 300)
            text = Array(text[start..<start + 300])
        }
        for _ in 0...random(6) { mutate(&text) }
        return Self.harmless(String(String.UnicodeScalarView(text)))
    }

    private mutating func mutate(_ text: inout [Unicode.Scalar]) {
        let place = random(2) == 0 ? random(text.count + 1) : mark(in: text)
        let end = min(text.count, place + 1 + random(random(4) == 0 ? 40 : 4))
        switch random(10) {
        case 0...4: text.insert(contentsOf: Array(pick(Self.snippets).unicodeScalars), at: place)
        case 5: text.removeSubrange(place..<end)
        case 6: text.insert(contentsOf: text[place..<end], at: random(text.count + 1))
        case 7:
            let other = pick(sources)
            let start = random(other.count)
            text.insert(contentsOf: other[start..<min(other.count, start + 1 + random(60))], at: place)
        case 8: text.replaceSubrange(place..<end, with: Array(pick(Self.snippets).unicodeScalars))
        default:
            let ending = pick(["\r\n", "\r", "\n", "\n\n", "\n\r"])
            let whole = String(String.UnicodeScalarView(text))
            if random(3) == 0 { text = Array(whole.split(separator: "\n").joined(separator: ending).unicodeScalars) }
        }
    }

    /// The place of a mark, or beside it.
    private mutating func mark(in text: [Unicode.Scalar]) -> Int {
        let start = random(text.count + 1)
        let found = text[start...].firstIndex { Self.marks.contains($0) } ?? start
        return min(found + random(2), text.count)
    }

    /// Turns every backslash command into one that psql does not know: none must start anything on this machine.
    private static func harmless(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<50 {
            let events = [true, false].flatMap { EventReader(standardStrings: $0).events(of: bytes) }
            let place = events.lazy.compactMap { event -> Int? in
                guard case .backslashCommand(let command) = event, command.kind == .other else { return nil }
                let start = command.position.offset + 1
                return bytes[start...].starts(with: "zz".utf8) ? nil : start
            }.first
            guard let place else { return String(decoding: bytes, as: UTF8.self) }
            bytes.insert(contentsOf: "zz".utf8, at: place)
        }
        return ""
    }

    private mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private mutating func pick<Element>(_ list: [Element]) -> Element {
        list[random(list.count)]
    }
}
