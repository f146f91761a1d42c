// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Stage {
    /// Runs `strata` with standard error on a terminal of its own, and standard output in a file.
    func onTerminal(
        _ arguments: String..., type: String? = nil, environment variables: [String: String]? = nil,
        during body: (RunningProgram) async throws -> Void = { _ in }
    ) async throws -> (outcome: Outcome, terminal: String) {
        let result = scratch.newFile("result")
        let command = ([program.path] + arguments).map { "'\($0)'" }.joined(separator: " ") + " >'\(result)'"
        // util-linux: run quietly, in a shell, with its exit status, and keep no typescript.
        var environment = variables ?? ["DATABASE_URL": url]
        environment["SHELL"] = "/bin/sh"
        environment["TERM"] = type
        let outcome = try await Program.system("script").run(
            ["-q", "-e", "-c", command, "/dev/null"], environment: environment, in: scratch, during: body)
        let written = try String(contentsOfFile: result, encoding: .utf8)
        return (
            Outcome(command: command, status: outcome.status, output: written, messages: ""),
            outcome.output.replacing("\r\n", with: "\n")
        )
    }
}
