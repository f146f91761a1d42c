// SPDX-License-Identifier: Apache-2.0

/// What the scanner wants to know about a single byte, as a set of bits.
///
/// The sets are those of PostgreSQL's lexer (psql 15, `psqlscan.l`).
struct ByteClass {
    /// May begin an unquoted identifier: a letter, `_`, or any byte of a non-ASCII character.
    static let wordStart: UInt8 = 1
    /// May continue an unquoted identifier: as above, digits and `$`.
    static let word: UInt8 = 2
    /// White space. A vertical tab is not (it became so in PostgreSQL 16).
    static let space: UInt8 = 4
    /// Can be part of an operator.
    static let op: UInt8 = 8
    /// Needs a look while statements are being skipped over without reading their words.
    static let stop: UInt8 = 16
    /// A decimal digit.
    static let digit: UInt8 = 32

    /// The bits of each of the 256 bytes.
    static let table: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        for byte in 0x80...0xFF { table[byte] = wordStart | word }
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") {
            table[Int(byte)] = wordStart | word
            table[Int(byte ^ 0x20)] = wordStart | word
        }
        table[Int(UInt8(ascii: "_"))] = wordStart | word
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { table[Int(byte)] = word | digit }
        table[Int(UInt8(ascii: "$"))] = word
        for byte in " \t\n\r\u{0C}".utf8 { table[Int(byte)] |= space }
        for byte in "~!@#^&|`?+-*/%<>=".utf8 { table[Int(byte)] |= op }
        for byte in "'\"$()-/:;[]\\".utf8 { table[Int(byte)] |= stop }
        return table
    }()
}
