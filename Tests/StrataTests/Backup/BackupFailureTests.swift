// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What a person reads when a set could not be made: the status, a reason in one line, and that there is no set.
@Suite("strata backup that fails", .timeLimit(.minutes(60)))
struct BackupFailureTests {
    /// The first line that names the store.
    private func reason(_ outcome: Outcome, of store: String) throws -> String {
        let lines = outcome.messages.split(separator: "\n").map(String.init)
        return try #require(lines.first { $0.hasPrefix("strata: \(store): ") }, "\(outcome)")
    }

    @Test("A server that is closed in the middle")
    func closedServer() async throws {
        try await BackupStage.with { stage in
            let outcome = try await stage.whileBackupWaits("--only", "postgres") { _ in
                _ = try await stage.stage.query(
                    """
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name IN ('strata', 'pg_dump')
                    """)
            }
            #expect([1, 2].contains(outcome.status), "\(outcome)")
            let reason = try reason(outcome, of: "postgres")
            #expect(reason.contains("terminat") || reason.contains("closed") || reason.contains("lost"), "\(reason)")
            #expect(outcome.messages.contains("no store could be saved, so no set was made"))
            #expect(stage.names == [])
        }
    }

    @Test("A wrong password, of either store")
    func wrongPassword() async throws {
        try await Stage.with(on: .guarded) { guarded in
            try await guarded.withGuardedRole { role, password in
                try await BackupStage.with(password: "right") { stage in
                    let url = guarded.url(user: role)
                    let separator = url.contains("?") ? "&" : "?"
                    let outcome = try await stage.strata(
                        "backup",
                        adding: [
                            "DATABASE_URL": "\(url)\(separator)password=not-\(password)",
                            "REDIS_URL": stage.redisURL.replacing("right", with: "wrong"),
                        ])
                    outcome.expect(2, saying: "no store could be saved, so no set was made")
                    #expect(try reason(outcome, of: "postgres").contains("password authentication failed"))
                    #expect(try reason(outcome, of: "redis").contains("password"))
                    #expect(stage.names == [])
                }
            }
        }
    }

    @Test("A pg_dump that is too old for the server says which is needed")
    func wrongVersion() async throws {
        try await BackupStage.with { stage in
            // The programs of another installation, as far as their versions tell.
            for name in ["pg_dump", "pg_restore", "pg_dumpall"] {
                try stage.scratch.write("old/\(name)", "#!/bin/sh\necho \"\(name) (PostgreSQL) 9.6.24\"\n")
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: "\(stage.scratch.path)/old/\(name)")
            }
            let outcome = try await stage.strata(
                "backup", "--only", "postgres", "--postgres-programs", "\(stage.scratch.path)/old")
            outcome.expect(1, saying: "no store could be saved")
            let reason = try reason(outcome, of: "postgres")
            #expect(reason.contains("pg_dump") && reason.contains("9.6.24"), "\(reason)")
            #expect(stage.names == [])
        }
    }

    @Test("A folder on a file system that is read-only")
    func readOnly() async throws {
        try await BackupStage.with { stage in
            let disk = "\(stage.scratch.path)/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
            let mounted = try await Program.system("mount").run(
                ["-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", disk], in: stage.scratch)
            // Where nothing may be mounted, as in a container, there is one already.
            let place = mounted.status == 0 ? disk : "/sys"
            let outcome = try await stage.strata("backup", "--backup-dir", "\(place)/sets")
            if mounted.status == 0 { _ = try await Program.system("umount").run(["-l", disk], in: stage.scratch) }
            outcome.expect(
                1, saying: "cannot create the folder \(place)/sets: Read-only file system",
                "hint: choose a folder that can be written to.")
        }
    }

    @Test("A folder that this account may not write")
    func notWritable() async throws {
        try await BackupStage.with { stage in
            let folder = "\(stage.scratch.path)/closed"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
            let outcome = try await stage.stage.program.runWithoutPowers(
                ["backup", "--backup-dir", "\(folder)/sets"], environment: stage.environment, in: stage.scratch)
            outcome.expect(
                1, saying: "cannot create the folder \(folder)/sets: Permission denied",
                "hint: let the account that this runs as write there, or choose another folder.")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }

    @Test("A proof that cannot be made says that the set was made")
    func unproven() async throws {
        try await BackupStage.with { stage in
            let arguments = ["backup", "--only", "redis", "--verify", "restored", "--work-dir", "/nonexistent"]
            let outcome = try await stage.stage.strata(arguments, environment: stage.environment)
            let name = try #require(stage.names.first)
            outcome.expect(1, saying: "\(name) was made, but it could not be found out whether it is whole: ")
            #expect(outcome.output.contains("\(name): complete, 1 store"), "\(outcome)")
            let json = try await stage.stage.strata(arguments + ["--json"], environment: stage.environment)
            #expect(try json.document().error?.message.contains(" was made, but ") == true, "\(json)")
        }
    }
}
