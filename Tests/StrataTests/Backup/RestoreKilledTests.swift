// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `strata restore` that is ended while a Redis server follows it.
@Suite(.timeLimit(.minutes(60)))
struct RestoreKilledTests {
    enum End: String, CaseIterable, CustomTestStringConvertible {
        case killed, interruptedTwice, hungUpTwice

        var testDescription: String { rawValue }

        func perform(_ program: RunningProgram) async throws {
            guard self != .killed else { return program.kill() }
            let number = self == .interruptedTwice ? SIGINT : SIGHUP
            kill(program.process, number)
            // The second one is to come after the first one was heard.
            #expect(
                try await eventually {
                    program.messages.contains("interrupting") || program.messages.contains(Self.tooLate)
                })
            kill(program.process, number)
        }

        /// What the program says that has waited for the server, and goes.
        static let tooLate = "did not connect to us"
    }

    /// Ends a restore whose server follows it; once more if the restore had given up before, as can be on a busy machine.
    private static func end(_ end: End, _ set: String, _ stage: BackupStage) async throws -> Outcome {
        for _ in 0..<20 {
            // It never reaches us there: so there is time, half a minute.
            let outcome = try await stage.strata(
                "restore", set, "--only", "redis", "--redis-listen", "127.0.0.1", "--redis-announce", "127.0.0.2"
            ) { program in
                let follows = try await eventually {
                    try await stage.redis("ROLE").hasPrefix("slave") || program.messages.contains(End.tooLate)
                }
                #expect(follows)
                try await end.perform(program)
            }
            if !outcome.messages.contains(End.tooLate) { return outcome }
        }
        throw TestProblem("the restore had given up before the signal came, every time")
    }

    @Test(
        "The server follows nobody and takes writes then; the next run and --undo find their way",
        arguments: End.allCases)
    func ended(_ end: End) async throws {
        try await BackupStage.with(password: "swordfish") { stage in
            let set = try await stage.backUp("--only", "redis")
            let saved = try await stage.redis("DEBUG", "DIGEST")
            try await stage.redis("SET", "later", "1")
            let original = try await stage.redis("DEBUG", "DIGEST")
            let outcome = try await Self.end(end, set, stage)
            #expect(end == .killed || outcome.status == 130)
            #expect(try await eventually { try await stage.redis("ROLE").hasPrefix("master") })
            // Nobody waits for the pause to run out: with the guardian it is over.
            #expect(try await stage.redis("SET", "later", "1") == "OK")
            #expect(try await stage.redis("DEBUG", "DIGEST") == original)
            try await stage.strata("restore", set, "--only", "redis").requireStatus(0)
            #expect(try await stage.redis("DEBUG", "DIGEST") == saved)
            try await stage.strata("restore", set, "--only", "redis", "--undo").requireStatus(0)
            #expect(try await stage.redis("DEBUG", "DIGEST") == original)
        }
    }

    @Test("The options for Redis: a listening address that is none, and those of the other way, are wrong usage")
    func options() async throws {
        try await BackupStage.with { stage in
            for arguments in [
                ["--redis-listen", "127.0.0.1:x"], ["--redis-listen", "[::1"],
                ["--redis-dir", "/x", "--redis-peer", "::1"],
                ["--redis-version", "7.0"],
            ] {
                let outcome = try await stage.stage.strata(
                    ["restore", "latest"] + arguments, environment: stage.environment)
                #expect(outcome.status == 64, "\(arguments)")
            }
            let set = try await stage.backUp("--only", "redis")
            let folder = "\(stage.scratch.path)/redis data"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let file = "\(stage.scratch.path)/redis.conf"
            try "dir \"\(folder)\"\ndbfilename app.rdb\nport 0\n".write(toFile: file, atomically: true, encoding: .utf8)
            try await stage.strata(
                "restore", set, "--only", "redis", "--redis-conf", file, adding: ["REDIS_URL": ""]
            ).requireStatus(0)
            #expect(FileManager.default.fileExists(atPath: "\(folder)/app.rdb"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/appendonlydir"))
        }
    }
}
