// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import ThrowawayRedis

@Suite("Secrets of backups", .timeLimit(.minutes(60)))
struct BackupSecretTests {
    @Test("No password is in any argument list, message, log or file of a set")
    func secrets() async throws {
        let redisPassword = "hush-redis-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try await Stage.with(on: .guarded) { guarded in
            try await guarded.withGuardedRole { role, password in
                try await BackupStage.with(password: redisPassword) { stage in
                    let url = guarded.url(user: role)
                    let separator = url.contains("?") ? "&" : "?"
                    let variables = ["DATABASE_URL": "\(url)\(separator)password=\(password)"]
                    _ = try await guarded.query("CREATE TABLE t AS SELECT n FROM generate_series(1, 300000) n")
                    let secrets = [password, redisPassword]
                    var seen = 0
                    var texts: [String] = []
                    for arguments in [
                        ["backup", "--verify", "restored"], ["backup", "--json"], ["verify-backup", "--restore"],
                        ["restore", "latest", "--dry-run"],
                        ["restore", "latest", "--only", "postgres", "--into", "copy_\(guarded.database)"],
                        // Redis follows us, with a second process of ours beside it.
                        ["restore", "latest"], ["restore", "latest", "--undo"],
                    ] {
                        let outcome = try await stage.stage.strata(
                            arguments, environment: stage.environment.merging(variables) { $1 }
                        ) { run in
                            while kill(run.process, 0) == 0, !Self.hasEnded(run.process) {
                                let list = try await Program.system("ps").run(
                                    ["-A", "-ww", "-o", "args="], in: stage.scratch)
                                for secret in secrets { #expect(!list.output.contains(secret)) }
                                seen += 1
                            }
                        }
                        #expect(outcome.status == 0, "\(outcome.status) of \(arguments): \(outcome.messages)")
                        texts += [outcome.output, outcome.messages]
                        // It keeps its last lines only.
                        texts += stage.redis.lastWords
                    }
                    #expect(texts.contains { $0.contains("REPLICAOF") }, "Redis' log is not what is searched")
                    for name in try await guarded.query(
                        """
                        SELECT datname FROM pg_database WHERE datname = 'copy_\(guarded.database)'
                            OR datname LIKE '\(guarded.database)\\_undone\\_%'
                        """
                    ).split(separator: "\n") {
                        try await guarded.dropDatabase(String(name))
                    }
                    let wrong = try await stage.stage.strata(
                        ["backup"],
                        environment: [
                            "DATABASE_URL": "\(url)\(separator)password=wrong-\(password)",
                            "REDIS_URL": stage.redisURL.replacing(redisPassword, with: "wrong-\(redisPassword)"),
                        ])
                    wrong.expect(2, saying: "password authentication failed", "redis: ")
                    texts += [wrong.output, wrong.messages]
                    texts += try Self.contents(of: stage.backups)
                    texts.append(try guarded.log())
                    for secret in secrets {
                        for text in texts { #expect(!text.contains(secret), "\(text.prefix(2000))") }
                    }
                    #expect(seen > 10)
                }
            }
        }
    }

    private static func hasEnded(_ process: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return status.isEmpty || status.contains(") Z ")
    }

    /// All files below a folder, as texts of bytes.
    private static func contents(of folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).compactMap { path in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { return nil }
            return String(decoding: data, as: UTF8.self)
        }
    }
}
