// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Folders of programs", .timeLimit(.minutes(60)))
struct ProgramFolderTests {
    @Test("--redis-programs names the folder of redis-server: what is not there is not looked for elsewhere")
    func redis() async throws {
        try await BackupStage.with { stage in
            _ = try await stage.backUp("--only", "redis")
            let path = try Program.system("redis-server").path
            let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
            try await stage.strata("verify-backup", "--restore", "--redis-programs", folder).requireStatus(0)
            let elsewhere = stage.scratch.path
            let proof = try await stage.strata("verify-backup", "--restore", "--redis-programs", elsewhere)
            proof.expect(1, saying: "There is no redis-server in \(elsewhere)")
        }
    }
}
