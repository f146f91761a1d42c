// SPDX-License-Identifier: Apache-2.0

import Testing

#if os(Linux)
@Suite("Memory")
struct MemoryTests {
    /// Runs a command and says, on its last line of output, how many kilobytes of memory it had at most.
    private static let measure = """
        import resource, subprocess, sys
        status = subprocess.call(sys.argv[1:])
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        sys.exit(status)
        """

    private func peakMegabytes(_ stage: Stage, _ arguments: String...) async throws -> Int {
        let outcome = try await Program.system("python3").run(
            ["-c", Self.measure, stage.program.path] + arguments, environment: ["DATABASE_URL": stage.url],
            in: stage.scratch)
        try #require(outcome.status == 0, "\(outcome)")
        let kilobytes = outcome.output.split(separator: "\n").last.flatMap { Int($0) }
        return try #require(kilobytes) / 1024
    }

    /// A file of about 48 MB: with what the program needs anyway, that is more than what is allowed.
    private func write(_ stage: Stage, head: String, line: String, tail: String) throws {
        let block = String(repeating: line, count: 1_000_000 / line.utf8.count)
        try stage.write("0001_large.sql", head + String(repeating: block, count: 48) + tail)
    }

    @Test("A large file of COPY data needs no more memory than a small one")
    func copy() async throws {
        try await Stage.with { stage in
            try write(
                stage, head: "CREATE UNLOGGED TABLE t (a int, b text);\nCOPY t FROM stdin;\n",
                line: "1\t\(String(repeating: "some text ", count: 100))\n", tail: "\\.\nSELECT 1;\n")
            #expect(try await peakMegabytes(stage, "migrate") < 64)
            #expect(try await peakMegabytes(stage, "validate") < 64)
        }
    }

    @Test("A large file of statements needs no more memory than a small one")
    func statements() async throws {
        try await Stage.with { stage in
            try write(
                stage, head: "CREATE UNLOGGED TABLE t (a int, b text);\n",
                line: "INSERT INTO t VALUES (1, '\(String(repeating: "some text ", count: 400))');\n",
                tail: "SELECT 1;\n")
            #expect(try await peakMegabytes(stage, "migrate") < 64)
        }
    }
}
#endif
