// SPDX-License-Identifier: Apache-2.0

import Foundation
import PostgresSyntax
import Testing

/// Compares the scanner with the real psql.
///
/// - `STRATA_PSQL`: the psql to ask, if not the first of `pg_config --bindir` and `PATH`. The rules are those of psql 15.
/// - `STRATA_DIFFERENTIAL_CASES`: how many mutated texts to make (400).
/// - `STRATA_DIFFERENTIAL_SEED`: where to begin (1).
/// - `STRATA_DIFFERENTIAL_FILES`: folders of `.sql` files to compare and to mutate as well, with colons between.
@Suite("The scanner and psql agree")
struct PsqlDifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let texts = ScannerCase.all.map(\.text).filter { !$0.contains("\0") }

    @Test("Every case of the tables means to psql what it means to the scanner")
    func tables() throws {
        try compare(Self.texts, named: "case")
    }

    @Test("Every given file is cut where psql cuts it")
    func files() throws {
        let files = try Self.files()
        try compare(files, named: "file")
    }

    @Test("Mutated texts are cut where psql cuts them")
    func mutations() throws {
        let count = Self.environment["STRATA_DIFFERENTIAL_CASES"].flatMap { Int($0) } ?? 400
        let seed = Self.environment["STRATA_DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 1
        var mutator = Mutator(seed: seed, sources: Self.texts + (try Self.files()))
        var left = count
        while left > 0 {
            try compare((0..<min(left, 2000)).map { _ in mutator.next() }, named: "mutation")
            left -= 2000
        }
    }

    @Test("Mutated texts give the same events in pieces of any size")
    func mutatedPieces() throws {
        let count = Self.environment["STRATA_DIFFERENTIAL_CASES"].flatMap { Int($0) } ?? 400
        var mutator = Mutator(seed: 7, sources: Self.texts)
        for index in 0..<count {
            let bytes = Array(mutator.next().utf8)
            let whole = withoutCopies(EventReader().events(of: bytes))
            let pieces = withoutCopies(EventReader().events(of: bytes, chunk: 1 + index % 9))
            #expect(
                pieces == whole,
                "\(String(decoding: bytes, as: UTF8.self).debugDescription), pieces of \(1 + index % 9)")
        }
    }

    /// COPY data may come in more pieces.
    private func withoutCopies(_ events: [ScanEvent]) -> [ScanEvent] {
        events.filter { if case .copyData = $0 { false } else { true } }
    }

    private func compare(_ texts: [String], named name: String) throws {
        guard !texts.isEmpty else { return }
        let answers = try PsqlOracle().statements(for: texts)
        var statements = 0
        var partly = 0
        for (text, answer) in zip(texts, answers) {
            let reading = PsqlReading(text, answers: answer)
            var sent = answer.map(\.sql)
            var copies = answer.compactMap(\.copy).map(Self.withoutEndMarker)
            if !reading.isComplete {
                partly += 1
                sent = Array(sent.prefix(reading.sent.count))
                copies = Array(copies.prefix(reading.copies.count))
            }
            statements += reading.sent.count
            #expect(reading.sent == sent, "\(name) \(text.debugDescription)")
            #expect(reading.copies == copies, "COPY data of \(name) \(text.debugDescription)")
        }
        print("\(texts.count) \(name)s, \(statements) statements compared with psql, \(partly) texts not to their end")
    }

    private static func withoutEndMarker(_ data: String) -> String {
        for marker in ["\\.\n", "\\.\r\n", "\\."] where data == marker || data.hasSuffixBytes("\n" + marker) {
            return String(decoding: Array(data.utf8).dropLast(marker.utf8.count), as: UTF8.self)
        }
        return data
    }

    private static func files() throws -> [String] {
        try (environment["STRATA_DIFFERENTIAL_FILES"] ?? "").split(separator: ":").flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: String(folder)).sorted()
                .filter { $0.hasSuffix(".sql") }
                .map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")), as: UTF8.self) }
        }
    }
}

extension String {
    /// Like `hasSuffix`, but without regard to grapheme clusters (`\r\n` is one).
    fileprivate func hasSuffixBytes(_ suffix: String) -> Bool {
        utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
