// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import SystemPackage
import Testing

@testable import MigrationFiles

@Suite struct ScriptInspectorTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What is wrong with a file of these bytes, read in pieces of that size.
    private func problem(_ bytes: [UInt8], pieceSize: Int = 1 << 18) throws -> String? {
        try folder.write("x.sql", bytes: bytes)
        var inspector = ScriptInspector(pieceSize: pieceSize)
        do throws(FileFailure) {
            _ = try inspector.inspect(FilePath("\(folder.path)/x.sql"))
            return nil
        } catch {
            return error.problem(path: "x.sql").description
        }
    }

    @Test(arguments: [16, 17, 18, 19, 64, 1 << 18])
    func `The size of the pieces changes nothing`(pieceSize: Int) throws {
        var inspector = ScriptInspector(pieceSize: pieceSize)
        for length in [0, 1, 15, 16, 17, 32, 33, 100, 1000] {
            let filler = String(repeating: "-- ä€𝄞\r\n", count: length)
            let text = "\(filler)-- strata: no-transaction\nSELECT 1;\(filler)"
            try folder.write("x.sql", text)
            let content = try inspector.inspect(FilePath("\(folder.path)/x.sql"))
            #expect(content.checksum == Checksum(of: Array(text.utf8)))
            #expect(content.comments.map(\.position) == [TextPosition(line: length + 1, column: 3)])
        }
    }

    @Test func `Files that are exactly as long as a piece, or nearly, are read whole`() throws {
        var inspector = ScriptInspector(pieceSize: 64)
        for length in 0...200 {
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: length)
            try folder.write("x.sql", bytes: bytes)
            #expect(try inspector.inspect(FilePath("\(folder.path)/x.sql")).checksum == Checksum(of: bytes))
        }
    }

    @Test(arguments: [16, 17, 18, 19, 1 << 18], [0, 1, 14, 15, 16, 17, 18, 40, 200])
    func `A byte that is no UTF-8 is found at its offset and line`(pieceSize: Int, offset: Int) throws {
        let bytes = [UInt8](repeating: 0x0A, count: offset) + [0xE4] + Array(" latin".utf8)
        #expect(
            try problem(bytes, pieceSize: pieceSize) == """
                x.sql:\(offset + 1): error: not UTF-8: the byte at offset \(offset) belongs to no character. Convert the \
                file, for instance with "iconv -f WINDOWS-1252 -t UTF-8" if it comes from Windows.
                """)
    }

    @Test(arguments: [16, 17, 18, 19, 20])
    func `A character that the end of the file cuts is a fault`(pieceSize: Int) throws {
        for length in 0...40 {
            for cut in [[0xC3], [0xE2, 0x82], [0xF0, 0x9D, 0x84]] as [[UInt8]] {
                let bytes = [UInt8](repeating: 0x61, count: length) + cut
                #expect(try problem(bytes, pieceSize: pieceSize)?.contains("the byte at offset \(length) ") == true)
            }
        }
    }

    @Test(arguments: [16, 1 << 18], [0, 1, 15, 16, 100])
    func `A NUL byte is found at its offset`(pieceSize: Int, offset: Int) throws {
        let bytes = [UInt8](repeating: 0x61, count: offset) + [0, 0x0A, 0]
        #expect(
            try problem(bytes, pieceSize: pieceSize) == """
                x.sql:1: error: NUL byte at offset \(offset). The file is damaged, or is UTF-16 without a byte order \
                mark; restore it or convert it to UTF-8.
                """)
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x41, 0x00], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x41], "UTF-16"), ([0xFF, 0xFE], "UTF-16"),
            ([0xFF, 0xFE, 0, 0, 0x41, 0, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x41], "UTF-32"),
        ] as [([UInt8], String)])
    func `A byte order mark of another encoding names it`(bytes: [UInt8], encoding: String) throws {
        #expect(
            try problem(bytes) == """
                x.sql: error: the file is \(encoding), as its byte order mark says. Convert it: "iconv -f \(encoding) \
                -t UTF-8".
                """)
    }

    @Test func `The line of a fault counts all kinds of line ends`() throws {
        let bytes = Array("1\n2\r\n3\r4\n\n".utf8) + [0xFF]
        #expect(try problem(bytes)?.hasPrefix("x.sql:6: error: not UTF-8: the byte at offset 10 ") == true)
    }

    @Test func `A byte order mark of UTF-8 is no part of the text but of the checksum`() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array("-- strata: no-transaction".utf8)
        try folder.write("x.sql", bytes: bytes)
        var inspector = ScriptInspector()
        let content = try inspector.inspect(FilePath("\(folder.path)/x.sql"))
        #expect(content.checksum == Checksum(of: bytes))
        #expect(content.comments.map(\.position) == [TextPosition(line: 1, column: 3)])
    }

    @Test func `A large file is read in pieces`() throws {
        let line = Array("INSERT INTO t VALUES ('ä€𝄞 and more text');\n".utf8)
        var bytes: [UInt8] = []
        while bytes.count < 3 << 20 { bytes += line }
        #expect(try problem(bytes) == nil)
        bytes[bytes.count - 10] = 0xFF
        let place = bytes.count - 10
        let number = bytes.count / line.count
        #expect(
            try problem(bytes)?.hasPrefix("x.sql:\(number): error: not UTF-8: the byte at offset \(place) ") == true)
    }
}
