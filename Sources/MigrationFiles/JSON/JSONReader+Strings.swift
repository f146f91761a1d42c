// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
    /// A text in quotes; the reader is at the opening one.
    mutating func string() throws(JSONSyntaxError) -> String {
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
