// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("StatementReader")
struct StatementReaderTests {
    /// What a text is taken apart into, one line an item; the data of one `COPY` is put together.
    private func read(_ bytes: [UInt8], pieces size: Int) -> [String] {
        var rest = bytes[...]
        var reader = StatementReader {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(size) }
            return rest.prefix(size)
        }
        var items: [String] = []
        var data: [UInt8] = []
        do {
            while let item = try reader.next() {
                switch item {
                case .statement(let statement, let text):
                    #expect(Array(text) == Array(bytes[statement.byteRange]))
                    items.append("\(statement.position) \(statement.kind) \(String(decoding: text, as: UTF8.self))")
                case .copyData(let piece, let text):
                    #expect(Array(text) == Array(bytes[piece.byteRange]))
                    data += text
                    guard piece.isComplete else { continue }
                    items.append("data \(String(decoding: data, as: UTF8.self))")
                    data = []
                }
            }
        } catch {
            items.append("error \(error)")
        }
        return items
    }

    @Test("The same statements, data and errors come from pieces of any size", arguments: [1, 2, 3, 5, 8, 13, 40])
    func pieces(_ size: Int) {
        for testCase in ScannerCase.all + ScannerCase.copies {
            let bytes = Array(testCase.text.utf8)
            let whole = read(bytes, pieces: max(bytes.count, 1))
            #expect(read(bytes, pieces: size) == whole, "\(testCase.text.debugDescription) in pieces of \(size)")
        }
    }

    @Test("The data of a COPY comes before what stands behind it on its line", arguments: [1, 7, 1000])
    func behindCopy(_ size: Int) {
        let text = "COPY a FROM stdin; COPY b FROM stdin; SELECT 1;\n1\n\\.\n2\n\\.\nSELECT 2;"
        let items = read(Array(text.utf8), pieces: size).map { item in
            item.hasPrefix("data") ? item : String(item.split(separator: " ").suffix(2).joined(separator: " "))
        }
        #expect(items == ["FROM stdin;", "data 1\n", "FROM stdin;", "data 2\n", "SELECT 1;", "SELECT 2;"])
    }

    @Test("A source that fails is not taken for the end of the text")
    func failingSource() throws {
        struct Broken: Error {}
        var pieces = ["SELECT 1; SEL"]
        var reader = StatementReader {
            guard let piece = pieces.popLast() else { throw Broken() }
            return Array(piece.utf8)[...]
        }
        #expect(try reader.next() != nil)
        #expect(throws: Broken.self) { _ = try reader.next() }
    }

    @Test("Of a long text only what is needed is asked for")
    func laziness() throws {
        var asked = 0
        var reader = StatementReader {
            asked += 1
            return Array("SELECT \(asked);\n".utf8)[...]
        }
        for _ in 0..<100 { _ = try reader.next() }
        #expect(asked <= 101)
    }
}
