// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs lines of documents as a user would, with the built program first in the path.
enum Shell {
    /// The folder of the programs that were built with these tests.
    static var programs: String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    }

    /// Runs a line to its end.
    ///
    /// - Parameter variables: Instead of what the tests were given.
    /// - Returns: What it printed, standard error included.
    static func run(
        _ line: String, in folder: URL, variables: [String: String]
    ) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = folder
        process.environment = variables
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// The variables of the tests, with the built program first in the path, and others.
    ///
    /// - Parameter folders: Where programs are looked for next.
    static func variables(_ others: [String: String], programsIn folders: [String] = []) -> [String: String] {
        var variables = ProcessInfo.processInfo.environment
        let path = [programs] + folders + [variables["PATH"] ?? "/usr/bin:/bin"]
        variables["PATH"] = path.joined(separator: ":")
        variables["MIGRATION_DATABASE_URL"] = nil
        return variables.merging(others) { $1 }
    }
}
