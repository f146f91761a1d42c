// SPDX-License-Identifier: Apache-2.0

/// Reads JSON (RFC 8259) and remembers where everything is.
///
/// The decoders at hand forget line and column as soon as a value is read, and pass over repeated keys; the problems of a
/// manifest are about values, and need their places.
struct JSONReader {
    private static let maximumDepth = 32
    private let bytes: [UInt8]
    private var index: Int
    private var position = TextPosition.start
    private var depth = 0

    /// Reads a whole text, which has to be UTF-8; a byte order mark is passed over.
    static func read(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
        var reader = JSONReader(bytes)
        reader.skipBlanks()
        let node = try reader.value()
        reader.skipBlanks()
        if let byte = reader.next { throw reader.unexpected(byte, instead: "the end of the file") }
        return node
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private var next: UInt8? {
        index < bytes.count ? bytes[index] : nil
    }

    private mutating func advance() {
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && next != UInt8(ascii: "\n")) {
            position.passLineEnd()
        } else if byte != UInt8(ascii: "\r") {
            position.pass(byte)
        }
    }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { advance() }
    }

    private func error(_ message: String) -> JSONSyntaxError {
        JSONSyntaxError(position: position, message: message)
    }

    private func unexpected(_ byte: UInt8?, instead expected: String) -> JSONSyntaxError {
        guard byte != nil else { return error("the file ends where \(expected) should be") }
        let rest = String(decoding: bytes[index...].prefix(4), as: UTF8.self)
        return error("\"\(Displayed(rest.prefix(1)))\" where \(expected) should be")
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONNode {
        let start = position
        guard depth < Self.maximumDepth else { throw error("lists and objects are nested too deeply") }
        depth += 1
        defer { depth -= 1 }
        let value: JSONNode.Value
        switch next {
        case UInt8(ascii: "{"): value = .object(try object())
        case UInt8(ascii: "["): value = .array(try array())
        case UInt8(ascii: "\""): value = .string(try string())
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): value = .number(try number())
        case UInt8(ascii: "t") where takeWord("true"): value = .bool(true)
        case UInt8(ascii: "f") where takeWord("false"): value = .bool(false)
        case UInt8(ascii: "n") where takeWord("null"): value = .null
        default: throw unexpected(next, instead: "a value")
        }
        return JSONNode(value: value, position: start)
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard bytes[index...].starts(with: word.utf8) else { return false }
        for _ in word.utf8 { advance() }
        return true
    }

    private mutating func object() throws(JSONSyntaxError) -> [JSONNode.Member] {
        var members: [JSONNode.Member] = []
        try elements(closedBy: UInt8(ascii: "}")) { reader throws(JSONSyntaxError) in
            let start = reader.position
            guard reader.next == UInt8(ascii: "\"") else { throw reader.unexpected(reader.next, instead: "a key") }
            let key = try reader.string()
            reader.skipBlanks()
            guard reader.next == UInt8(ascii: ":") else { throw reader.unexpected(reader.next, instead: "\":\"") }
            reader.advance()
            reader.skipBlanks()
            members.append(JSONNode.Member(key: key, position: start, node: try reader.value()))
        }
        return members
    }

    private mutating func array() throws(JSONSyntaxError) -> [JSONNode] {
        var nodes: [JSONNode] = []
        try elements(closedBy: UInt8(ascii: "]")) { reader throws(JSONSyntaxError) in
            nodes.append(try reader.value())
        }
        return nodes
    }

    /// What lies between brackets, with commas between.
    private mutating func elements(
        closedBy end: UInt8, _ element: (inout JSONReader) throws(JSONSyntaxError) -> Void
    ) throws(JSONSyntaxError) {
        advance()
        skipBlanks()
        if next == end { return advance() }
        while true {
            try element(&self)
            skipBlanks()
            guard next == UInt8(ascii: ",") else { break }
            advance()
            skipBlanks()
            if next == end { throw error("a comma before the closing bracket; remove it") }
        }
        guard next == end else {
            throw unexpected(next, instead: "\",\" or \"\(Character(Unicode.Scalar(end)))\"")
        }
        advance()
    }

    private mutating func number() throws(JSONSyntaxError) -> String {
        let start = index
        if next == UInt8(ascii: "-") { advance() }
        let leadsWithZero = next == UInt8(ascii: "0")
        let whole = try digits()
        if leadsWithZero && whole > 1 { throw error("a number with a zero before it; remove the zero") }
        if next == UInt8(ascii: ".") {
            advance()
            _ = try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            advance()
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { advance() }
            _ = try digits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() throws(JSONSyntaxError) -> Int {
        let start = index
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { advance() }
        guard index > start else { throw unexpected(next, instead: "a digit") }
        return index - start
    }
}

extension JSONReader {
    private mutating func string() throws(JSONSyntaxError) -> String {
        advance()
        var text: [UInt8] = []
        while true {
            switch next {
            case nil:
                throw error("the file ends inside a text; the closing \" is missing")
            case UInt8(ascii: "\""):
                advance()
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: String(try escape()).utf8)
            case .some(0..<0x20):
                throw error("a line break or control character inside a text; the closing \" is missing, or write \\n")
            case .some(let byte):
                text.append(byte)
                advance()
            }
        }
    }

    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        advance()
        let simple: Unicode.Scalar
        switch next {
        case UInt8(ascii: "u"):
            advance()
            return try escapedScalar()
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): simple = Unicode.Scalar(bytes[index])
        case UInt8(ascii: "b"): simple = "\u{8}"
        case UInt8(ascii: "f"): simple = "\u{C}"
        case UInt8(ascii: "n"): simple = "\n"
        case UInt8(ascii: "r"): simple = "\r"
        case UInt8(ascii: "t"): simple = "\t"
        default: throw unexpected(next, instead: "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
        }
        advance()
        return simple
    }

    /// What follows `\u`: one half of four digits, or two halves that make one character.
    private mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), takeWord("\\u") else {
            throw error("half of a character in \\u…; write both halves, or the character itself")
        }
        let second = try hexadecimal()
        guard UTF16.isTrailSurrogate(second) else {
            throw error("half of a character in \\u…; write both halves, or the character itself")
        }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt16 {
        var result: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected(next, instead: "a hexadecimal digit")
            }
            result = result << 4 | UInt16(digit)
            advance()
        }
        return result
    }
}
