// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import Synchronization

/// Runs scripts of the shell with the launcher under test.
struct Programs: Sendable {
    var launcher = SubprocessLauncher()
    var environment: [String: String] = [:]

    /// How a program ended, and what it wrote.
    struct Outcome {
        var end: ProcessEnd
        var output: [UInt8]
        var lines: [String]

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    func run(_ script: String, input: (any ByteSource)? = nil, output: (any ByteSink)? = nil) async throws -> Outcome {
        let lines = Mutex<[String]>([])
        let kept = KeepingSink()
        let end = try await launcher.run(
            ProcessCommand(program: "/bin/sh", arguments: ["-c", script], environment: environment), input: input,
            output: output ?? kept
        ) { line in lines.withLock { $0.append(line) } }
        return Outcome(end: end, output: kept.bytes, lines: lines.withLock(\.self))
    }
}

/// Keeps what is written.
final class KeepingSink: ByteSink {
    private let kept = Mutex<[UInt8]>([])

    var bytes: [UInt8] { kept.withLock(\.self) }
    func write(_ bytes: [UInt8]) async throws { kept.withLock { $0 += bytes } }
}

/// Takes some bytes, and fails then.
final class FailingSink: ByteSink {
    struct Failure: Error {}

    private let limit: Int
    private let count = Mutex(0)

    init(after limit: Int) { self.limit = limit }

    func write(_ bytes: [UInt8]) async throws {
        let sum = count.withLock { count in
            count += bytes.count
            return count
        }
        if sum > limit { throw Failure() }
    }
}

/// Gives the same piece some times, and then its end: an error, or nothing more ever.
final class PieceSource: ByteSource {
    enum End { case end, failure, silence }
    struct Failure: Error {}

    private let piece: [UInt8]
    private let end: End
    private let left: Mutex<Int>
    private let given = Mutex(0)

    init(_ piece: [UInt8], times: Int = 1, then end: End = .end) {
        self.piece = piece
        self.end = end
        left = Mutex(times)
    }

    /// How many pieces were asked for.
    var count: Int { given.withLock(\.self) }

    func next() async throws -> [UInt8]? {
        let isLeft = left.withLock { left in
            left -= 1
            return left >= 0
        }
        if isLeft {
            given.withLock { $0 += 1 }
            return piece
        }
        switch end {
        case .end: return nil
        case .failure: throw Failure()
        case .silence:
            // Until the task is cancelled; the test has a time limit.
            try await Task.sleep(for: .seconds(3600))
            return nil
        }
    }
}
