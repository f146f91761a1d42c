// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Proofs on a terminal", .timeLimit(.minutes(60)))
struct BackupTerminalTests {
    @Test("There is a bar for the store that is being proven, and its line is gone when the next one's turn has come")
    func proof() async throws {
        try await BackupStage.with { stage in
            _ = try await stage.backUp()
            let shown = try await stage.stage.onTerminal(
                "verify-backup", "--restore", type: "xterm", environment: stage.environment)
            shown.outcome.expect(0)
            for phase in ["reading", "restoring"] {
                #expect(shown.terminal.contains("postgres  \(phase)  ["), "\(shown.terminal)")
            }
            #expect(shown.terminal.contains("redis  a throw-away Redis server loads"))
            // To draw two lines anew, the terminal goes back up.
            #expect(!shown.terminal.contains("\u{1B}[1A"), "\(shown.terminal)")
        }
    }
}
