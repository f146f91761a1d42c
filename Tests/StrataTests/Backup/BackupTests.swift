// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("strata backup", .timeLimit(.minutes(60)))
struct BackupTests {
    @Test("A set of all stores is made, listed and proven")
    func all() async throws {
        try await BackupStage.with { stage in
            let made = try await stage.strata("backup")
            made.expect(0)
            let name = try #require(stage.names.first)
            #expect(stage.names == [name])
            #expect(made.lines.first?.hasPrefix("\(name): complete, 2 stores, ") == true)
            #expect(made.output.contains("  chroma    skipped, not configured: CHROMA_PATH would name it"))
            #expect(made.messages == "")

            let proven = try await stage.strata("verify-backup", "--restore")
            proven.expect(0)
            #expect(proven.lines.last == "\(name) is restored")
            for text in [
                "3 tables, 2052 rows by digest", "1 database, 52 keys, 1 with an expiry", "the history: core:2",
            ] {
                #expect(proven.output.contains(text), "\(proven)")
            }
            let listed = try await stage.strata("backups")
            #expect(listed.lines.count == 2)
            #expect(listed.lines.last?.hasSuffix("  restored  postgres, redis") == true, "\(listed)")
            #expect(try FileManager.default.attributesOfItem(atPath: stage.backups)[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test("With --json everything is one document, and --verify proves at once", arguments: ["stored", "restored"])
    func json(level: String) async throws {
        try await BackupStage.with { stage in
            let outcome = try await stage.strata("backup", "--json", "--verify", level, "--only", "postgres")
            outcome.expect(0)
            let set = try outcome.decoded(SetDocument.self)
            #expect(set.status == "complete")
            #expect(set.verified == level)
            #expect(set.stores["redis"]?.reason == "left out with --only")
            struct List: Decodable { var sets: [SetDocument] }
            let list = try await stage.strata("backups", "--json").decoded(List.self)
            #expect(list.sets.map(\.name) == [set.name])
            struct Proof: Decodable {
                struct Level: Decodable { var level: String }
                var damaged: Bool
                var levels: [Level]
            }
            let proof = try await stage.strata("verify-backup", "--json", set.folder, "--level", level).decoded(
                Proof.self)
            #expect(proof.damaged == false)
            #expect(proof.levels.last?.level == level)
        }
    }

    @Test("A proof says what it could not compare, wherever it is shown, and when it was")
    func limited() async throws {
        try await BackupStage.with { stage in
            let words = "without digests of PostgreSQL's tables"
            let made = try await stage.strata("backup", "--no-digest", "--only", "postgres", "--verify", "restored")
            made.expect(0)
            #expect(made.lines.contains("restored  ok, \(words)"), "\(made)")
            let name = try #require(stage.names.first)
            let proven = try await stage.strata("verify-backup", "--restore")
            #expect(proven.lines.last == "\(name) is restored, \(words)")
            #expect(try await stage.strata("backups").lines.last?.contains("  restored, \(words)  postgres") == true)
            struct List: Decodable { var sets: [SetDocument] }
            let before = try await stage.strata("backups", "--json").decoded(List.self).sets[0]
            #expect(before.limitations == [words])
            let stored = try await stage.strata("verify-backup", "--level", "stored")
            #expect(stored.lines.last == "\(name) is stored")
            let after = try await stage.strata("backups", "--json").decoded(List.self).sets[0]
            #expect(after.verified == "restored" && after.verified_at == before.verified_at)
            struct Proof: Decodable {
                struct Level: Decodable { var limitations: [String]? }
                var levels: [Level]
            }
            let proof = try await stage.strata("verify-backup", "--restore", "--json").decoded(Proof.self)
            #expect(proof.levels.map(\.limitations) == [nil, nil, [words]])
        }
    }

    @Test("Compression and jobs: each way is proven", arguments: ["none", "gzip:9", "zstd", "jobs"])
    func ways(way: String) async throws {
        try await BackupStage.with { stage in
            let arguments = way == "jobs" ? ["--jobs", "2"] : ["--compress", way]
            let outcome = try await stage.stage.strata(
                ["backup", "--only", "postgres", "--verify", "restored"] + arguments, environment: stage.environment)
            outcome.expect(0)
            #expect(outcome.output.contains("restored  ok\n"), "\(outcome)")
        }
    }

    @Test("A store that fails makes the set partial and the status 1; the others are saved, and nothing is pruned then")
    func partial() async throws {
        try await BackupStage.with { stage in
            _ = try await stage.backUp()
            let outcome = try await stage.strata("backup", adding: ["REDIS_URL": "unix:///tmp/nobody-is-here"])
            outcome.expect(1, saying: "redis: ", "/tmp/nobody-is-here", " is partial: redis could not be saved")
            #expect(stage.names.count == 2)
            #expect(outcome.output.contains("partial, 1 store, "))
            #expect(outcome.output.contains("  redis     FAILED: "))
            let pruned = try await stage.strata("prune", "--keep-last", "1")
            pruned.expect(0)
            #expect(stage.names.count == 2)
            #expect(pruned.output.contains("the newest run did not save every store"))
            let document = try await stage.strata(
                "backup", "--json", adding: ["REDIS_PORT": "x", "REDIS_URL": "", "REDIS_HOST": "h"])
            document.expect(1)
            let set = try document.decoded(SetDocument.self)
            #expect(set.stores["redis"]?.status == "failed")
            #expect(
                set.stores["redis"]?.reason
                    == "REDIS_PORT has to be a number from 1 to 65535. Set it, or use REDIS_URL.")
        }
    }

    @Test("When no store can be saved nothing is published; it is said why")
    func nothing() async throws {
        try await BackupStage.with { stage in
            let unreachable = ["DATABASE_URL": "postgresql:///x?host=/tmp/nobody", "REDIS_URL": "unix:///tmp/nobody"]
            let outcome = try await stage.strata("backup", adding: unreachable)
            outcome.expect(2, saying: "postgres: ", "redis: ", "strata: no store could be saved, so no set was made\n")
            #expect(stage.names == [])
            let json = try await stage.strata("backup", "--json", adding: unreachable)
            #expect(try json.document().error?.status == 2)
            let unconfigured = try await stage.stage.strata(["backup"], environment: [:])
            unconfigured.expect(1, saying: "there is nothing to save: no store is configured\nhint: set DATABASE_URL")
            let absent = try await stage.stage.strata(
                ["backup", "--only", "redis"], environment: ["DATABASE_URL": stage.stage.url])
            absent.expect(64, saying: "--only names redis, which is not configured: set REDIS_URL or REDIS_HOST")
            #expect(stage.names == [])
        }
    }

    @Test("What cannot be done is wrong usage before anything starts, and makes no partial set")
    func wrongUsage() async throws {
        try await BackupStage.with { stage in
            let cases: [([String], String)] = [
                (
                    ["--jobs", "2", "--compress", "zstd"],
                    "--jobs makes a folder, which --compress zstd cannot compress"
                ),
                (
                    ["--only", "postgres,neo4j"],
                    "'neo4j' is no store that this build can save and restore. Those are: postgres, redis, chroma."
                ),
                (["--only", "postgres,chroma"], "--only names chroma, which is not configured: set CHROMA_PATH"),
            ]
            for (arguments, message) in cases {
                let outcome = try await stage.stage.strata(["backup"] + arguments, environment: stage.environment)
                outcome.expect(64, saying: message)
                #expect(!outcome.messages.contains("leave it out with --only"))
                let json = try await stage.stage.strata(
                    ["backup", "--json"] + arguments, environment: stage.environment)
                #expect(try json.document().error?.code == "usage")
            }
            #expect(stage.names == [])
        }
    }

    @Test("After a run whose variables were lost nothing is pruned")
    func lost() async throws {
        try await BackupStage.with { stage in
            for _ in 1...2 { _ = try await stage.backUp("--only", "redis") }
            let runs: [([String], Int32)] = [([], 1), (["--only", "redis"], 64)]
            for (arguments, status) in runs {
                try await stage.strata("backup", "--only", "redis").requireStatus(0)
                let before = stage.names
                let outcome = try await stage.stage.strata(["backup"] + arguments, environment: [:])
                #expect(outcome.status == status, "\(outcome)")
                let pruned = try await stage.strata("prune", "--keep-last", "1")
                pruned.expect(0)
                #expect(pruned.output.contains("the newest run failed"), "\(pruned)")
                #expect(stage.names == before)
            }
        }
    }

    @Test("A folder that cannot be written, or is none")
    func folder() async throws {
        try await BackupStage.with { stage in
            try stage.scratch.write("file", "")
            let file = try await stage.strata("backup", "--backup-dir", "file/backups")
            #expect(file.status == 1, "\(file)")
            let proc = try await stage.strata("backup", "--backup-dir", "/proc/backups")
            proc.expect(1, saying: "/proc/backups")
            let none = try await stage.strata("backups", "--backup-dir", "elsewhere")
            none.expect(0)
            #expect(none.output == "there is no set in \(stage.scratch.path)/elsewhere\n")
            let unknown = try await stage.strata("verify-backup", "backup_20250916_123000")
            unknown.expect(1, saying: "there is no set backup_20250916_123000 in \(stage.backups)")
        }
    }

    @Test("A second run says who is at work, with status 5; or it waits")
    func twice() async throws {
        try await BackupStage.with { stage in
            let first = try await stage.whileBackupWaits { run in
                let second = try await stage.strata("backup")
                second.expect(5, saying: "another run works in \(stage.backups): process \(run.process) on ")
            }
            first.expect(0)
            #expect(stage.names.count == 1)
        }
    }

    @Test("Ctrl-C: status 130, and nothing is left", arguments: ["interrupt", "terminate"])
    func interrupted(by signal: String) async throws {
        try await BackupStage.with { stage in
            let outcome = try await stage.whileBackupWaits { run in
                if signal == "interrupt" { run.interrupt() } else { run.terminate() }
                try await Patience.wait(for: "the program to notice") { run.messages.contains("interrupting") }
            }
            outcome.expect(130)
            #expect(stage.names == [])
            try await stage.stage.wait(
                until:
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('strata', 'pg_dump') AND datname = current_database()",
                is: "0")
        }
    }

    @Test("pg_dump killed in the middle: status 1, one line of reason, nothing published")
    func killedDump() async throws {
        try await BackupStage.with { stage in
            let outcome = try await stage.whileBackupWaits("--only", "postgres", for: "pg_policy") { run in
                let list = try await Program.system("ps").run(["-A", "-o", "pid=,ppid=,args="], in: stage.scratch)
                let dumps = list.lines.map { $0.split(separator: " ") }.filter {
                    $0.count > 2 && $0[1] == "\(run.process)" && $0[2].hasSuffix("pg_dump")
                }
                for dump in dumps { if let process = Int32(dump[0]) { kill(process, SIGKILL) } }
                #expect(dumps.count == 1)
            }
            outcome.expect(1, saying: "pg_dump", "killed by signal 9")
            #expect(stage.names == [])
        }
    }

    @Test("Ctrl-C while a set is hashed: status 130")
    func interruptedProof() async throws {
        try await BackupStage.with { stage in
            let name = try await stage.backUp("--only", "redis")
            // A file with a terabyte of nothing in it takes a quarter of an hour to hash.
            let rdb = "\(stage.backups)/\(name)/redis/dump.rdb"
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: rdb))
            let size = try handle.seekToEnd()
            try handle.truncate(atOffset: 1 << 40)
            try handle.close()
            try SignedSet(folder: "\(stage.backups)/\(name)", dump: "").edit(
                "\"bytes\" : \(size)", to: "\"bytes\" : \(1 << 40)")
            let outcome = try await stage.strata("verify-backup") { run in
                try await Patience.wait(for: "the file to be read") {
                    let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(run.process)/fd")) ?? []
                    return files.contains {
                        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(run.process)/fd/\($0)"))
                            == rdb
                    }
                }
                run.interrupt()
            }
            outcome.expect(130, saying: "strata: interrupted")
        }
    }

    @Test("Old sets go; --dry-run only says which")
    func prune() async throws {
        try await BackupStage.with { stage in
            for _ in 1...3 { _ = try await stage.backUp("--only", "redis") }
            let before = stage.names
            let plan = try await stage.strata("prune", "--keep-last", "1", "--dry-run")
            plan.expect(0)
            #expect(plan.lines.map { $0.hasPrefix("would remove") } == [false, true, true])
            #expect(stage.names == before)
            try await stage.strata("prune", "--keep-last", "1").requireStatus(0)
            #expect(stage.names == [before[2]])
            // What cannot be read is no set, but not nothing either.
            try stage.scratch.write("backups/\(before[2])/BACKUP_METADATA.json", "{}")
            let unreadable = try await stage.strata("prune", "--keep-last", "1")
            unreadable.expect(0, saying: "\(before[2]) stays: ")
            #expect(unreadable.output == "there is no set that can be read in \(stage.backups)\n")
            struct Document: Decodable {
                struct Entry: Decodable { var name: String }
                var unreadable: [Entry]
            }
            let document = try await stage.strata("prune", "--keep-last", "1", "--json").decoded(Document.self)
            #expect(document.unreadable.map(\.name) == [before[2]])
            let rules = try await stage.strata("prune")
            rules.expect(64, saying: "Say which sets to keep")
        }
    }
}

extension BackupStage {
    /// Runs a backup that waits for a table, its `pg_dump` for one of the catalog that only that reads, and the body when it does; lets it go on afterwards.
    func whileBackupWaits(
        _ arguments: String..., for table: String = "b", body: (RunningProgram) async throws -> Void
    ) async throws -> Outcome {
        var backup: Outcome?
        _ = try await stage.tool("psql").run(
            [
                "-XAtq", "-d", stage.url, "-c",
                "BEGIN; LOCK TABLE \(table) IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3600)",
            ],
            in: scratch
        ) { holder in
            try await stage.wait(
                until:
                    "SELECT count(*) FROM pg_locks WHERE relation = '\(table)'::regclass AND mode = 'AccessExclusiveLock' AND granted",
                is: "1")
            let letGo = """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE 'BEGIN; LOCK TABLE \(table)%'
                """
            // What the body does may take longer than a backup waits for a table.
            let patient = ["backup", "--table-lock-wait", "1h"] + arguments
            backup = try await stage.strata(patient, environment: environment) { run in
                do {
                    try await stage.wait(
                        until: "SELECT count(*) FROM pg_locks WHERE relation = '\(table)'::regclass AND NOT granted",
                        is: "1")
                    try await body(run)
                } catch {
                    _ = try? await stage.query(letGo)
                    throw error
                }
                _ = try await stage.query(letGo)
            }
        }
        return try #require(backup)
    }
}
