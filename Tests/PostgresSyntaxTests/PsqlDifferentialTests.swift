// SPDX-License-Identifier: Apache-2.0

import Foundation
import PostgresSyntax
import Testing

/// Compares the scanner with the real psql.
///
/// - `STRATA_PSQL`: the psql to ask, if not the first of `pg_config --bindir` and `PATH`. The rules are those of psql 15.
/// - `STRATA_DIFFERENTIAL_CASES`: how many mutated texts to make (20,000).
/// - `STRATA_DIFFERENTIAL_SEED`: where to begin (1).
/// - `STRATA_DIFFERENTIAL_FILES`: folders of `.sql` files to compare and to mutate as well, with colons between.
@Suite("The scanner and psql agree", .timeLimit(.minutes(30)))
struct PsqlDifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["STRATA_DIFFERENTIAL_CASES"].flatMap { Int($0) } ?? 20_000
    private static let seed = environment["STRATA_DIFFERENTIAL_SEED"].flatMap { UInt64($0) } ?? 1
    private static let texts = ScannerCase.all.map(\.text).filter { !$0.contains("\0") }

    @Test("Every case of the tables means to psql what it means to the scanner", arguments: [true, false])
    func tables(standardStrings: Bool) async throws {
        let batch = PsqlComparison(texts: Self.texts, name: "case", standardStrings: standardStrings)
        report(try await batch.run(), "cases")
    }

    @Test("Every given file is cut where psql cuts it", arguments: [true, false])
    func files(standardStrings: Bool) async throws {
        let batch = PsqlComparison(texts: try Self.files(), name: "file", standardStrings: standardStrings)
        report(try await batch.run(), "files")
    }

    /// Two batches at a time: while psql answers for one, the other is compared.
    @Test("Mutated texts are cut where psql cuts them")
    func mutations() async throws {
        var mutator = Mutator(seed: Self.seed, sources: Self.texts + (try Self.files()))
        var total = PsqlComparison.Outcome()
        try await withThrowingTaskGroup(of: PsqlComparison.Outcome.self) { group in
            for start in stride(from: 0, to: Self.count, by: 1000) {
                if start >= 2000, let outcome = try await group.next() { total += outcome }
                let texts = (start..<min(start + 1000, Self.count)).map { _ in mutator.next() }
                let batch = PsqlComparison(texts: texts, name: "mutation", standardStrings: start / 1000 % 4 != 3)
                group.addTask { try await batch.run() }
            }
            for try await outcome in group { total += outcome }
        }
        #expect(total.texts == Self.count)
        report(total, "mutations (seed \(Self.seed))")
    }

    @Test("Mutated texts give the same events in pieces of any size")
    func mutatedPieces() async throws {
        var mutator = Mutator(seed: Self.seed &+ 6, sources: Self.texts)
        for index in 0..<Self.count {
            // A test that never waits keeps others from running.
            if index.isMultiple(of: 100) { await Task.yield() }
            let bytes = Array(mutator.next().utf8)
            let reader = EventReader(standardStrings: index % 4 != 3)
            let whole = withoutCopies(reader.events(of: bytes))
            let pieces = withoutCopies(reader.events(of: bytes, chunk: 1 + index % 9))
            guard pieces != whole else { continue }
            Issue.record("\(String(decoding: bytes, as: UTF8.self).debugDescription), pieces of \(1 + index % 9)")
        }
    }

    /// COPY data may come in more pieces.
    private func withoutCopies(_ events: [ScanEvent]) -> [ScanEvent] {
        events.filter { if case .copyData = $0 { false } else { true } }
    }

    private func report(_ outcome: PsqlComparison.Outcome, _ what: String) {
        for difference in outcome.differences { Issue.record("\(difference)") }
        print(
            "\(outcome.texts) \(what), \(outcome.statements) statements compared with psql,",
            "\(outcome.partly) texts not to their end, \(outcome.differences.count) differences")
    }

    /// Our own histories, and the files that were asked for.
    private static func files() throws -> [String] {
        let histories = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/histories").standardizedFileURL.path
        let own = try FileManager.default.contentsOfDirectory(atPath: histories).sorted()
            .filter { !$0.contains(".") }.map { "\(histories)/\($0)" }
        let given = (environment["STRATA_DIFFERENTIAL_FILES"] ?? "").split(separator: ":").map(String.init)
        return try (own + given).flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                .filter { $0.hasSuffix(".sql") }
                .map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")), as: UTF8.self) }
        }
    }
}
