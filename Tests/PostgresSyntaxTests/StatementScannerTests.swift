// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("StatementScanner")
struct StatementScannerTests {
    @Test("Statements end where psql ends them", arguments: ScannerCase.all)
    func boundaries(_ testCase: ScannerCase) {
        #expect(EventReader().read(testCase.text) == testCase.expected)
    }

    @Test("The same events come from pieces of any size", arguments: [1, 2, 3, 5, 8, 13])
    func pieces(_ chunk: Int) {
        for testCase in ScannerCase.all where !testCase.text.contains("STDIN") {
            let bytes = Array(testCase.text.utf8)
            let whole = EventReader().events(of: bytes)
            let pieces = EventReader().events(of: bytes, chunk: chunk)
            #expect(pieces == whole, "\(testCase.text.debugDescription) in pieces of \(chunk)")
        }
    }

    @Test("COPY data comes in pieces that add up to the whole", arguments: [1, 2, 3, 5, 8, 13])
    func copyPieces(_ chunk: Int) {
        for testCase in ScannerCase.copies {
            let bytes = Array(testCase.text.utf8)
            let whole = joined(EventReader().events(of: bytes), bytes)
            #expect(joined(EventReader().events(of: bytes, chunk: chunk), bytes) == whole)
        }
    }

    /// The events, COPY data as text with all pieces of one COPY together.
    private func joined(_ events: [ScanEvent], _ bytes: [UInt8]) -> [String] {
        var result: [String] = []
        var data: [UInt8] = []
        for event in events {
            if case .copyData(let piece) = event {
                data += bytes[piece.byteRange]
                guard piece.isComplete else { continue }
                result.append("data \(piece.hasEndMarker): \(data)")
                data = []
            } else {
                result.append("\(event)")
            }
        }
        return result + ["\(data)"]
    }

    @Test("There are at least 150 cases")
    func count() {
        #expect(ScannerCase.all.count >= 150)
    }

    @Test(
        "A position counts lines and characters",
        arguments: [
            ("SELECT 1; SELECT 2;", 1, 11),
            ("SELECT 1;\n  SELECT 2;", 2, 3),
            ("SELECT '😀é'; SELECT 2;", 1, 14),
            ("\u{FEFF}SELECT 1; SELECT 2;", 1, 11),
            ("SELECT 'a\nü\n'; SELECT 2;", 3, 4),
            ("SELECT 1;\r\n\r\nSELECT 2;", 3, 1),
            ("SELECT 1;\rSELECT 2;", 1, 11),
            ("-- ü\n/* ü */ SELECT 1; -- ü\nSELECT 2", 3, 1),
        ])
    func positions(text: String, line: Int, column: Int) throws {
        let bytes = Array(text.utf8)
        for chunk in [nil, 1, 3] {
            let spans = EventReader().events(of: bytes, chunk: chunk).compactMap { event in
                if case .statement(let span) = event { span } else { nil }
            }
            let second = try #require(spans.last)
            #expect(second.start.line == line)
            #expect(second.start.column == column)
        }
    }

    @Test("A long text is read through a small buffer")
    func smallBuffer() {
        let body = String(repeating: "it''s a ; long -- text\n", count: 10_000)
        let text = "SELECT '\(body)'; /* \(body) */ SELECT $x$\(body)$x$; SELECT 1;"
        let bytes = Array(text.utf8)
        var scanner = StatementScanner()
        var base = 0
        var available = 0
        var ends: [Int] = []
        scanning: while true {
            switch scanner.scan(bytes[base..<available].span, at: base, isLast: available == bytes.count) {
            case .statement(let span): ends.append(span.end)
            case .needsInput:
                base = scanner.offset
                #expect(available - base < 16)
                available = min(base + 64, bytes.count)
            case .end: break scanning
            case let event:
                Issue.record("unexpected \(event)")
                break scanning
            }
        }
        #expect(ends.count == 3)
        #expect(ends.last == bytes.count)
    }
}
