// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Program {
    /// Runs the program as somebody whom the rights of files bind: root's powers are taken from it, so that it is an account like any other.
    func runWithoutPowers(
        _ arguments: [String], environment: [String: String], in scratch: Scratch
    ) async throws -> Outcome {
        guard geteuid() == 0 else { return try await run(arguments, environment: environment, in: scratch) }
        return try await Program.system("setpriv").run(
            ["--inh-caps=-all", "--bounding-set=-all", path] + arguments, environment: environment, in: scratch)
    }
}
