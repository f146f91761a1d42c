// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import RedisAdapter

@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct RedisManualTests {
    @Test("what the set's instructions say leads to what was saved, with Redis's own tools alone")
    func followed() async throws {
        try await SavedSet.with { set in
            try await ServerFolder.with(.appendOnlyFolder) { folder, old in
                let text = set.part.snapshot.instructions
                // Step 3 and 4, with their own lines.
                let commands = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                    .filter { $0.hasPrefix("mv DIR/") || $0.hasPrefix("cp redis/") || $0.hasPrefix("redis-check-rdb") }
                    .map { $0.replacingOccurrences(of: "DIR", with: folder.path) }
                #expect(commands.count == 5)
                for command in commands {
                    let process = Process()
                    process.executableURL = URL(fileURLWithPath: "/bin/sh")
                    process.arguments = ["-c", command]
                    process.currentDirectoryURL = URL(fileURLWithPath: set.part.folder)
                    let output = Pipe()
                    process.standardOutput = output
                    process.standardError = FileHandle.nullDevice
                    try process.run()
                    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    process.waitUntilExit()
                    let isMissing = command.contains("appendonly.aof ")
                    #expect(process.terminationStatus == (isMissing ? 1 : 0), "\(command)")
                    if command.hasPrefix("redis-check-rdb") {
                        #expect(said.contains("RDB looks OK"))
                    }
                }
                // Step 5: first without the append-only file, which is made of what was loaded.
                try await folder.run(["appendonly": "no"]) { redis in
                    #expect(try await redis.digest == set.digest)
                    try await redis.run("CONFIG", "SET", "appendonly", "yes")
                    let isWritten = try await eventually {
                        let info = ServerInfo(try await redis.run("INFO", "persistence").string ?? "")
                        return info["aof_rewrite_in_progress"] == "0" && info["aof_rewrite_scheduled"] == "0"
                            && info["aof_last_bgrewrite_status"] == "ok"
                    }
                    #expect(isWritten)
                }
                #expect(try await folder.digest() == set.digest)
                #expect(old != set.digest)
            }
        }
    }

    @Test("they name versions, databases, keys and what else is needed")
    func contents() {
        var summary = RDBSummary()
        summary.version = 11
        summary.needsModules = true
        summary.databases = [.init(number: 0, keys: 3, expires: 1), .init(number: 20, keys: 1, expires: 0)]
        let text = RedisManual(summary: summary, hasUsers: true, hasAppendOnlyFile: true).text
        for words in [
            "version 11: Redis 7.2 or newer", "`databases 21` or more", "data of modules",
            "db0 had 3 keys, 1 of them with an expiry; db20 had 1 key,", "redis/users.acl",
            "The server that was saved had `appendonly yes`",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        let plain = RedisManual(summary: summary, hasUsers: false, hasAppendOnlyFile: nil).text
        #expect(!plain.contains("users.acl"))
        #expect(plain.contains("is not known"))
    }
}
