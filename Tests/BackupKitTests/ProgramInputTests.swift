// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(60))) struct ProgramInputTests {
    private let programs = Programs()

    @Test func `a program reads what it is given, and its end`() async throws {
        let piece = Array("0123456789abcdef".utf8)
        let outcome = try await programs.run("cat", input: PieceSource(piece, times: 100_000))
        #expect(outcome.end.isSuccess)
        #expect(outcome.output.count == 1_600_000)
        #expect(outcome.output.suffix(16) == piece[...])
        #expect(try await programs.run("wc -c", input: PieceSource([1], times: 0)).text.contains("0"))
    }

    @Test func `a program that has enough is no error, and nothing more is asked for`() async throws {
        let source = PieceSource([UInt8](repeating: 7, count: 1 << 16), times: 1_000_000)
        let outcome = try await programs.run("head -c 10 | wc -c; exit 5", input: source)
        #expect(outcome.end == .exited(5))
        #expect(outcome.text.contains("10"))
        #expect(source.count < 1000)
    }

    @Test func `a program that ends while nothing comes is not waited for`() async throws {
        let outcome = try await programs.run("head -c 1; exit 4", input: PieceSource([1], then: .silence))
        #expect(outcome.end == .exited(4))
    }

    @Test func `a program that reads on after it closed its output gets everything`() async throws {
        try await TemporaryFolder.with { folder in
            let source = PieceSource([UInt8](repeating: 7, count: 1 << 16), times: 100)
            let end = try await programs.run("exec >&- 2>&-; cat > \(folder)/all; exit 6", input: source).end
            #expect(end == .exited(6))
            #expect(try await programs.run("wc -c < \(folder)/all").text.contains("\(100 << 16)"))
        }
    }

    @Test func `an error of who gives the input ends the program, and is thrown`() async throws {
        let process = Mutex<Int32>(0)
        let launcher = SubprocessLauncher { _, number in process.withLock { $0 = number } }
        await #expect(throws: PieceSource.Failure.self) {
            _ = try await Programs(launcher: launcher).run("exec cat", input: PieceSource([1], then: .failure))
        }
        #expect(process.withLock(\.self) > 0)
    }

    @Test func `an error of who takes the output ends the feeding as well`() async throws {
        let source = PieceSource([UInt8](repeating: 7, count: 1 << 16), times: 1_000_000)
        await #expect(throws: FailingSink.Failure.self) {
            _ = try await programs.run("exec cat", input: source, output: FailingSink(after: 1 << 20))
        }
        #expect(source.count < 10000)
    }

    @Test func `cancelling ends a program that does not read, and one that waits`() async throws {
        for (script, end) in [("echo; exec sleep 3600", PieceSource.End.end), ("echo; exec cat", .silence)] {
            let ready = SignallingSink()
            let source = PieceSource([UInt8](repeating: 7, count: 1 << 16), times: 1000, then: end)
            let run = Task { try await programs.run(script, input: source, output: ready) }
            await ready.wait()
            run.cancel()
            await #expect(throws: CancellationError.self) { _ = try await run.value }
        }
    }
}
