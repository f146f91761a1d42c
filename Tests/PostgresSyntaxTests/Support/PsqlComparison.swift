// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Some texts, each read by psql and by the scanner.
struct PsqlComparison: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        var texts = 0
        var statements = 0
        /// Texts that were compared up to a place from where on psql's ways and ours part.
        var partly = 0
        var differences: [String] = []

        static func += (total: inout Outcome, other: Outcome) {
            total.texts += other.texts
            total.statements += other.statements
            total.partly += other.partly
            total.differences += other.differences
        }
    }

    var texts: [String]
    var name: String
    /// The server's default of `standard_conforming_strings`.
    var standardStrings: Bool

    /// Asks psql and compares, on a thread of its own: the other tests need those of Swift.
    func run() async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try compare() })
            }
        }
    }

    private func compare() throws -> Outcome {
        var outcome = Outcome()
        let answers = try PsqlOracle().statements(for: texts, standardStrings: standardStrings)
        for (text, answer) in zip(texts, answers) {
            let reading = PsqlReading(text, answers: answer, standardStrings: standardStrings)
            var sent = answer.map(\.sql)
            var copies = answer.compactMap(\.copy).map(Self.withoutEndMarker)
            if !reading.isComplete {
                outcome.partly += 1
                sent = Array(sent.prefix(reading.sent.count))
                copies = Array(copies.prefix(reading.copies.count))
            }
            outcome.texts += 1
            outcome.statements += reading.sent.count
            guard reading.sent != sent || reading.copies != copies else { continue }
            outcome.differences.append(
                """
                \(name) \(text.debugDescription), standard_conforming_strings \(standardStrings ? "on" : "off"): \
                psql sends \(sent) with data \(copies), the scanner finds \(reading.sent) with data \(reading.copies)
                """)
        }
        return outcome
    }

    private static func withoutEndMarker(_ data: String) -> String {
        for marker in ["\\.\n", "\\.\r\n", "\\."] where data == marker || data.hasSuffixBytes("\n" + marker) {
            return String(decoding: Array(data.utf8).dropLast(marker.utf8.count), as: UTF8.self)
        }
        return data
    }
}

extension String {
    /// Like `hasSuffix`, but without regard to grapheme clusters (`\r\n` is one).
    fileprivate func hasSuffixBytes(_ suffix: String) -> Bool {
        utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
