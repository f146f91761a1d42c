// SPDX-License-Identifier: Apache-2.0

/// Reads JSON (RFC 8259) and remembers where everything is.
///
/// The decoders at hand forget line and column as soon as a value is read, and pass over repeated keys; the problems of a
/// manifest are about values, and need their places.
struct JSONReader {
    private static let maximumDepth = 32
    let bytes: [UInt8]
    private(set) var index: Int
    private(set) var position = TextPosition.start
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

    var next: UInt8? {
        index < bytes.count ? bytes[index] : nil
    }

    mutating func advance() {
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

    func error(_ message: String) -> JSONSyntaxError {
        JSONSyntaxError(position: position, message: message)
    }

    func unexpected(_ byte: UInt8?, instead expected: String) -> JSONSyntaxError {
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

    mutating func takeWord(_ word: String) -> Bool {
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
