// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The Python of the ChromaDB that `Scripts/chroma-environments.sh` installs.
enum ChromaPython {
    /// The folder of its programs.
    static var programs: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let folder = root.appending(path: ".build/chroma/1.5.9").path(percentEncoded: false)
            guard FileManager.default.fileExists(atPath: "\(folder)/complete") else {
                throw TestProblem("there is no ChromaDB 1.5.9 in \(folder): run Scripts/chroma-environments.sh")
            }
            return "\(folder)/bin"
        }
    }

    /// Runs a script with a store as its first argument.
    ///
    /// - Returns: What it prints.
    @discardableResult
    static func run(_ script: String, _ store: String, in scratch: Scratch) async throws -> String {
        let python = Program(path: "\(try programs)/python")
        let outcome = try await python.run(
            ["-B", "-c", script, store], environment: ["ANONYMIZED_TELEMETRY": "False"], in: scratch)
        try outcome.requireStatus(0)
        return outcome.output
    }
}
