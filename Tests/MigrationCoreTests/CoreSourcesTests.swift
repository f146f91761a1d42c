// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Reads the text of `Sources/MigrationCore`: the core does no input or output, and what it imports is the proof.
@Suite struct CoreSourcesTests {
    private static let allowedModules: Set = ["Crypto", "Synchronization"]
    private static let forbiddenWords = [
        "ContinuousClock", "SuspendingClock", "ProcessInfo", "getenv", "environ", "CommandLine", "FileManager",
        "FileHandle", "FileDescriptor", "fopen", "openat", "socket", "readLine", "print", "debugPrint", "dump",
        "sleep", "Date", "time", "clock_gettime", "random", "shuffled", "randomElement",
        "SystemRandomNumberGenerator", "_silgen_name", "_extern", "_cdecl", "dlopen", "Process",
    ]

    @Test func `the core imports nothing but hashes and locks, and asks for no time, environment, file or chance`()
        throws
    {
        let files = try Self.sources()
        #expect(files.count > 30, "the sources of MigrationCore were not found")
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(Self.violations(in: text) == [], "\(file.lastPathComponent)")
        }
    }

    @Test(arguments: [
        ("internal import Crypto\npublic import Synchronization\n", []),
        ("import Foundation", ["import Foundation"]),
        ("@preconcurrency internal import FoundationEssentials", ["import FoundationEssentials"]),
        ("import struct Foundation.Date", ["import Foundation", "Date"]),
        ("#if canImport(Glibc)\nimport Glibc\n#endif", ["import Glibc"]),
        ("let a = 1; import Darwin", ["import Darwin"]),
        ("let now = ContinuousClock.now // the time", ["ContinuousClock"]),
        ("let value = getenv(\"HOME\")", ["getenv"]),
        ("ProcessInfo.processInfo.environment", ["ProcessInfo"]),
        ("/// How long a clock of import Foundation runs, see getenv.\n// print()", []),
        ("try await Task.sleep(for: .seconds(1))", ["sleep"]),
        ("let opening = openSession(); printed()", []),
    ])
    func `what the core must not do is recognised`(text: String, violations: [String]) {
        #expect(Self.violations(in: text) == violations)
    }

    private static func sources() throws -> [URL] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/MigrationCore")
        let all = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        return (all?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }

    /// What a text imports or mentions, outside of comments, that it must not.
    private static func violations(in text: String) -> [String] {
        let code = text.split(separator: "\n").map { line in
            line.firstRange(of: "//").map { String(line[..<$0.lowerBound]) } ?? String(line)
        }.joined(separator: "\n")
        let imported = code.matches(
            of: /(?m)(?:^|[\s;])import\s+(?:struct\s+|class\s+|enum\s+|func\s+|protocol\s+|typealias\s+|var\s+)?(\w+)/
        ).map { String($0.1) }
        let words = Set(code.matches(of: /\w+/).map { String($0.0) })
        return imported.filter { !allowedModules.contains($0) }.map { "import \($0)" }
            + forbiddenWords.filter(words.contains)
    }
}
