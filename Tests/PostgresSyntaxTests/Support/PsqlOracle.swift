// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Asks the real psql what it would send for a text. Needs `psql` and `python3`, but no server.
struct PsqlOracle {
    /// One statement that psql sent.
    struct Statement: Decodable {
        var sql: String
        /// The data it sent for a COPY, end marker included.
        var copy: String?
        /// What the stub server reported as the new value of `standard_conforming_strings`.
        var standard_strings: Bool?
    }

    private struct Answer: Decodable {
        var statements: [Statement]
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let psql: String

    init() throws {
        let environment = ProcessInfo.processInfo.environment
        var candidates: [String] = environment["STRATA_PSQL"].map { [$0] } ?? []
        // Debian's psql in PATH is a slow wrapper around the one in this folder.
        if let folder = try? Self.run("/usr/bin/env", ["pg_config", "--bindir"]) {
            candidates.append(folder.trimmingCharacters(in: .whitespacesAndNewlines) + "/psql")
        }
        candidates += (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/psql" }
        guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw Failure(description: "no psql found; install postgresql-client-15 or set STRATA_PSQL to its path")
        }
        psql = found
    }

    /// What psql sends for each text, on a server with this default of `standard_conforming_strings`.
    func statements(for texts: [String], standardStrings: Bool) throws -> [[Statement]] {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appendingPathComponent("scanner-\(UUID().uuidString)")
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: folder) }
        var names: [String] = []
        for (index, text) in texts.enumerated() {
            let file = folder.appendingPathComponent("\(index).sql")
            try Data(text.utf8).write(to: file)
            names.append(file.path)
        }
        let list = folder.appendingPathComponent("list").path
        try Data(names.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: list))
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Scripts/psql_oracle.py").standardizedFileURL.path
        let output = try Self.run(
            "/usr/bin/env",
            [
                "python3", script, "--psql", psql, "--together", "100", "--standard-strings",
                standardStrings ? "on" : "off", "@" + list,
            ])
        let answers = try output.split(separator: "\n").map { line in
            try JSONDecoder().decode(Answer.self, from: Data(line.utf8)).statements
        }
        guard answers.count == texts.count else {
            throw Failure(description: "\(texts.count) texts, but \(answers.count) answers from psql")
        }
        return answers
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(arguments.first ?? program) failed (\(process.terminationStatus))")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
