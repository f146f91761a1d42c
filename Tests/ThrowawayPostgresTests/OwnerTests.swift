// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import Testing
import ThrowawayPostgres

#if canImport(System)
import System
#else
import SystemPackage
#endif

@Suite("ThrowawayPostgres: when somebody is killed", .serialized)
struct OwnerTests {
    /// When the owner is killed.
    enum Moment: String, CaseIterable, Sendable {
        case atOnce, folderExists, initdbRuns, initdbIsDone, serverStarts, serverRuns
    }

    @Test("Nothing is left of a server whose owner was killed with SIGKILL", arguments: Moment.allCases)
    func ownerKilled(moment: Moment) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await withOwner([scratch.path]) { owner, ready in
            let came = await Scratch.waits {
                switch moment {
                case .atOnce: true
                case .folderExists: !scratch.folders.isEmpty
                case .initdbRuns: scratch.contains("data/PG_VERSION")
                case .initdbIsDone: scratch.contains("configured")
                case .serverStarts: scratch.contains("data/postmaster.pid")
                case .serverRuns: ready.withLock { $0 != nil }
                }
            }
            #expect(came, "\(moment) did not come")
            try await Scratch.send("KILL", to: owner)
        }
        #expect(try await scratch.leftovers() == [])
    }

    @Test("Nothing is left at any other moment either", arguments: Array(stride(from: 10, through: 730, by: 60)))
    func ownerKilled(afterMilliseconds: Int) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await withOwner([scratch.path]) { owner, _ in
            try await Task.sleep(for: .milliseconds(afterMilliseconds))
            try await Scratch.send("KILL", to: owner)
        }
        #expect(try await scratch.leftovers() == [])
    }

    @Test("A program that the owner has started, and that outlives it, does not keep the server alive")
    func childOutlivesOwner() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let child = try await withOwner([scratch.path, "with-child"]) { owner, ready in
            #expect(await Scratch.waits { ready.withLock { $0 != nil } })
            try await Scratch.send("KILL", to: owner)
            let words = ready.withLock { $0 }?.split(separator: " ") ?? []
            return try #require(words.last.flatMap { Int32($0) })
        }
        #expect(try await scratch.leftovers() == [])
        let alive = try await run(.name("kill"), arguments: ["-0", "\(child)"], output: .discarded)
        #expect(alive.terminationStatus.isSuccess, "the child was to outlive the server")
        try await Scratch.send("KILL", to: child)
    }

    @Test("A killed supervisor is noticed; server and folder are removed by us")
    func supervisorKilled() async throws {
        try await Server.inScratch { scratch, options in
            let server = try await ThrowawayPostgres.start(options)
            try await Scratch.send("KILL", to: supervisor(of: server, scratch))
            #expect(await Scratch.waits { !server.isRunning })
            let error = await Server.error { try await server.restart() }
            #expect(error?.code == .supervisorLost)
            await server.stop()
            #expect(scratch.folders == [])
        }
    }

    @Test(
        "Signals that end ordinary programs do not end the supervisor",
        arguments: ["INT", "TERM", "HUP", "QUIT", "PIPE"])
    func supervisorSignalled(signal: String) async throws {
        try await Server.inScratch { scratch, options in
            try await ThrowawayPostgres.withServer(options) { server in
                try await Scratch.send(signal, to: supervisor(of: server, scratch))
                try await server.restart(.immediate)
                #expect(try await server.query("SELECT 1") == "1")
            }
        }
    }

    @Test("Letting go of the last reference is enough")
    func letGo() async throws {
        try await Server.inScratch { scratch, options in
            var server: ThrowawayPostgres? = try await ThrowawayPostgres.start(options)
            #expect(server?.isRunning == true)
            server = nil
            #expect(try await scratch.leftovers() == [])
        }
    }

    /// The process that is the parent of the postmaster.
    private func supervisor(of server: ThrowawayPostgres, _ scratch: Scratch) async throws -> Int32 {
        let process = try #require(server.processID)
        let result = try await run(
            .name("ps"), arguments: ["-o", "ppid=", "-p", "\(process)"], output: .string(limit: 100))
        let parent = Int32(result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines))
        return try #require(parent.flatMap { $0 > 1 ? $0 : nil })
    }

    /// Runs the helper program that owns a server, until it ends. The body gets its process and what it writes once ready.
    private func withOwner<Value: Sendable>(
        _ arguments: [String], _ body: (Int32, Ready) async throws -> Value
    ) async throws -> Value {
        let ready = Ready()
        let result = try await run(
            .path(FilePath(ownerProgram())), arguments: Arguments(arguments), input: .none, output: .sequence,
            error: .discarded
        ) { execution in
            let reader = execution.standardOutput
            let reading = Task {
                for try await line in reader.strings() { ready.withLock { $0 = line } }
            }
            let value = try await body(execution.processIdentifier.value, ready)
            try await reading.value
            return value
        }
        return result.closureResult
    }

    /// The helper program, which the package manager has put beside the tests.
    private func ownerProgram() throws -> String {
        for argument in CommandLine.arguments where argument.hasPrefix("/") {
            var folder = URL(fileURLWithPath: argument)
            for _ in 0..<6 {
                folder.deleteLastPathComponent()
                let program = folder.appendingPathComponent("throwaway-owner").path
                if FileManager.default.isExecutableFile(atPath: program) { return program }
            }
        }
        throw OwnerMissing(arguments: CommandLine.arguments)
    }
}

/// The helper program was not found near the paths on the command line.
struct OwnerMissing: Error {
    let arguments: [String]
}
