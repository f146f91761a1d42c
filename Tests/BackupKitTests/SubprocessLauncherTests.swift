// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(60))) struct SubprocessLauncherTests {
    private let programs = Programs()

    @Test func `an exit status and a signal are results`() async throws {
        #expect(try await programs.run("exit 0").end.isSuccess)
        #expect(try await programs.run("exit 3").end == .exited(3))
        #expect(try await programs.run("kill -9 $$").end == .signaled(9))
    }

    @Test func `output larger than a pipe arrives whole and in order`() async throws {
        let outcome = try await programs.run("seq 1 200000; echo done >&2")
        #expect(outcome.text == (1...200_000).map { "\($0)\n" }.joined())
        #expect(outcome.lines == ["done"])
    }

    @Test func `both streams may be large at once`() async throws {
        let outcome = try await programs.run("seq 1 50000 & seq 1 50000 >&2; wait")
        #expect(outcome.lines.count == 50000 && outcome.lines.last == "50000")
        #expect(outcome.output.count == (1...50000).reduce(0) { $0 + "\($1)\n".utf8.count })
    }

    @Test func `lines are told without their ends, the last one too when it has none`() async throws {
        #expect(try await programs.run(#"printf 'a\n\nü\nlast' >&2"#).lines == ["a", "", "ü", "last"])
        #expect(try await programs.run("true").lines == [])
    }

    @Test func `a very long line is told in pieces, and nothing of it is lost`() async throws {
        let lines = try await programs.run("head -c 300000 /dev/zero | tr '\\0' x >&2; printf 'y\\nz\\n' >&2").lines
        #expect(lines.joined() == String(repeating: "x", count: 300_000) + "yz")
        #expect(lines.allSatisfy { $0.utf8.count <= 1 << 16 })
        #expect(lines.last == "z")
    }

    @Test func `a line is told before the program ends`() async throws {
        let told = AsyncStream<String>.makeStream()
        let run = Task {
            try await SubprocessLauncher().run(
                ProcessCommand(program: "/bin/sh", arguments: ["-c", "echo now >&2; exec sleep 3600"]), output: nil
            ) { told.continuation.yield($0) }
        }
        for await line in told.stream {
            #expect(line == "now")
            break
        }
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    @Test func `cancelling asks a program to end, and waits until it has`() async throws {
        try await TemporaryFolder.with { folder in
            let script =
                "trap 'sleep 0.3; echo > \(folder)/ended; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
            try await cancel(script, patience: .seconds(3600))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/ended"))
        }
    }

    @Test func `a program that does not want to end is killed`() async throws {
        let process = try await cancel(
            "trap '' TERM; echo ready; while :; do sleep 0.05; done",
            patience: .milliseconds(200))
        #expect(!Self.isThere(process))
    }

    /// Cancels a script that has written something.
    ///
    /// - Returns: Its process.
    @discardableResult
    private func cancel(_ script: String, patience: Duration) async throws -> Int32 {
        let process = Mutex<Int32>(0)
        let ready = SignallingSink()
        let noting = SubprocessLauncher(patience: patience) { _, number in process.withLock { $0 = number } }
        let run = Task { try await Programs(launcher: noting).run(script, output: ready) }
        await ready.wait()
        run.cancel()
        await #expect(throws: CancellationError.self) { _ = try await run.value }
        return process.withLock(\.self)
    }

    @Test func `an error of who takes the output ends the program, and is thrown`() async throws {
        let process = Mutex<Int32>(0)
        let launcher = SubprocessLauncher { _, number in process.withLock { $0 = number } }
        await #expect(throws: FailingSink.Failure.self) {
            _ = try await Programs(launcher: launcher).run("exec cat /dev/zero", output: FailingSink(after: 1 << 20))
        }
        #expect(!Self.isThere(process.withLock(\.self)))
    }

    @Test func `only the path and the language are inherited`() async throws {
        // Whoever runs the tests has more variables than these.
        let known: Set = [
            "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "PWD",
            "SHLVL", "_", "OLDPWD", "__CF_USER_TEXT_ENCODING", "GIVEN",
        ]
        var own = programs
        own.environment = ["GIVEN": "a b\"'", "LC_ALL": "C"]
        let lines = try await own.run("env").text.split(separator: "\n").map(String.init)
        let names = lines.compactMap { $0.split(separator: "=").first.map(String.init) }
        #expect(Set(names).isSubset(of: known), "\(names)")
        #expect(lines.contains("GIVEN=a b\"'") && lines.contains("LC_ALL=C"))
        let path = try #require(ProcessInfo.processInfo.environment["PATH"])
        #expect(lines.contains("PATH=\(path)"))
        #expect(Set(ProcessInfo.processInfo.environment.keys).subtracting(known) != [])
    }

    @Test func `no file of ours is open in a program, and input is empty`() async throws {
        let file = try #require(FileHandle(forReadingAtPath: "/etc/passwd"))
        let outcome = try await programs.run("ls /proc/self/fd 2>/dev/null | wc -l; cat | wc -c")
        try file.close()
        let numbers = outcome.text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        // Three streams, and the folder that is being listed.
        #expect(numbers.first ?? 0 <= 4)
        #expect(numbers.last == 0)
    }

    @Test func `a program that is not there is an error that names it`() async throws {
        for program in ["/nonexistent/program", "/etc/passwd"] {
            let error = await #expect(throws: BackupKitError.self) {
                _ = try await SubprocessLauncher().run(
                    ProcessCommand(program: program, arguments: []), input: PieceSource([1]), output: nil
                ) { _ in }
            }
            #expect(error?.category == .configuration)
            #expect(error?.description.contains(program) == true)
        }
        #expect(SubprocessLauncher().find("no-such-program", in: ["/bin"]) == nil)
        #expect(SubprocessLauncher().find("passwd", in: ["/etc"]) != "/etc/passwd")
        #expect(SubprocessLauncher().find("sh", in: ["/nonexistent", "/bin"]) == "/bin/sh")
    }

    @Test func `no program is left as a zombie`() async throws {
        let seen = Mutex<[Int32]>([])
        let launcher = SubprocessLauncher { _, number in seen.withLock { $0.append(number) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = try await Programs(launcher: launcher).run("exit \(number)") }
            }
            try await group.waitForAll()
        }
        let processes = seen.withLock(\.self)
        #expect(Set(processes).count == 20)
        #expect(!processes.contains(where: Self.isThere))
    }

    /// Whether a process exists, be it as a zombie.
    private static func isThere(_ process: Int32) -> Bool { kill(process, 0) == 0 }
}

/// Tells that something was written.
final class SignallingSink: ByteSink {
    private let stream = AsyncStream<Void>.makeStream()

    func write(_ bytes: [UInt8]) async throws { stream.continuation.yield() }

    func wait() async {
        for await _ in stream.stream { return }
    }
}
