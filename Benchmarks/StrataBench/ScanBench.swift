// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Scanning 100 MB of SQL text through a buffer of fixed size.
struct ScanBench {
    private let bytes = 100_000_000
    private let bufferSize = 256 * 1024

    func run() {
        var sample = SampleText(seed: 42)
        let piece = Array(sample.make("mixed", bytes: 4_000_000).utf8)
        var statements = 0
        let before = Self.peakMegabytes
        let seconds = StrataBench.medianSeconds(runs: 5) { statements = scan(piece) }
        print(
            """
            scanning \(bytes / 1_000_000) MB of SQL text, \(statements) statements
                \(Int(Double(bytes) / seconds / 1e6)) MB/s    (aim: at least 400 MB/s)    \
            memory \(Self.peakMegabytes - before) MB more than before
            """)
    }

    /// Scans the piece again and again until all bytes are through.
    private func scan(_ piece: [UInt8]) -> Int {
        var scanner = StatementScanner()
        var buffer: [UInt8] = []
        buffer.reserveCapacity(2 * bufferSize)
        var base = 0
        var produced = 0
        var statements = 0
        while true {
            switch scanner.scan(buffer.span, at: base, isLast: produced >= bytes) {
            case .statement: statements += 1
            case .needsInput:
                buffer.removeFirst(scanner.offset - base)
                base = scanner.offset
                let start = produced % piece.count
                let end = min(piece.count, start + bufferSize)
                buffer += piece[start..<end]
                produced += end - start
            case .end: return statements
            default: break
            }
        }
    }

    private static var peakMegabytes: Int {
        var usage = rusage()
        #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss / 1_048_576
        #else
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
        #endif
    }
}
