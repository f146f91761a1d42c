// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

@Suite(.serialized, .timeLimit(.minutes(60))) struct SecretTests {
    private static let part = UInt32.random(in: 0...UInt32.max)
    /// With everything that libpq's files and strings give a meaning to.
    private static let secret = "s3cr3t:\\'\"# *=\(part)é"

    /// Whether a text shows it, be it quoted in one way or another.
    private func shows(_ text: String) -> Bool { text.contains("s3cr3t") || text.contains("\(Self.part)") }

    /// What `ps` shows of every process, with the variables of those that may be seen, while a body runs.
    private func watching(_ body: () async throws -> Void) async throws -> (rounds: Int, lines: [String]) {
        let shown = Mutex<(rounds: Int, lines: [String])>((0, []))
        let own = "\(ProcessInfo.processInfo.processIdentifier)"
        let watcher = Task {
            while !Task.isCancelled {
                let output = KeptText()
                let command = ProcessCommand(
                    program: "/bin/sh", arguments: ["-c", "exec ps axeww -o pid= -o args="])
                guard try await SubprocessLauncher().run(command, output: output, message: { _ in }).isSuccess else {
                    return
                }
                let lines = output.text.split(separator: "\n").map(String.init)
                shown.withLock { shown in
                    shown.rounds += 1
                    shown.lines += lines.filter { shows($0) && !$0.drop { $0 == " " }.hasPrefix("\(own) ") }
                }
            }
        }
        do { try await body() } catch { watcher.cancel(); throw error }
        watcher.cancel()
        _ = try? await watcher.value
        return shown.withLock(\.self)
    }

    private func withSecretRole(_ body: @Sendable (TestDatabase, PostgresConfiguration) async throws -> Void)
        async throws
    {
        try await TestDatabase.with(on: .passwords) { database in
            let sql = Self.secret.replacing("'", with: "''")
            try await TestDatabase.execute(
                "DROP ROLE IF EXISTS locked; CREATE ROLE locked SUPERUSER LOGIN PASSWORD '\(sql)'", on: database.server)
            try await database.query("CREATE TABLE t AS SELECT i, md5(i::text) AS b FROM generate_series(1, 100000) i")
            try await body(database, database.configuration(user: "locked", ["password": Self.secret]))
        }
    }

    @Test func `a password works, and is seen in no argument, variable, file or message`() async throws {
        try await withSecretRole { database, configuration in
            let launcher = TestLauncher()
            let folder = database.server.binaries.folder
            let told = Mutex<[String]>([])
            let shown = try await watching {
                for compression in [PostgresBackupTarget.Compression.automatic, .zstd()] {
                    try await FolderDestination.with { destination in
                        let options = PostgresBackupTarget.Options(
                            programs: folder, compression: compression, rolePasswords: false)
                        let target = PostgresBackupTarget(configuration, launcher: launcher, options: options)
                        let snapshot = try await target.backUp(to: destination) { event in
                            told.withLock { $0.append("\(event)") }
                        }
                        told.withLock { $0 += ["\(snapshot)", target.address] }
                        let part = destination.part(snapshot)
                        let restore = PostgresRestoreTarget(configuration, launcher: launcher, programs: folder)
                        let session = try await restore.openSession(
                            part, options: RestoreOptions(into: "\(database.name)_copy"))
                        told.withLock { $0 += session.steps + session.notices + [restore.address] }
                        try await session.prepare { event in told.withLock { $0.append("\(event)") } }
                        await session.discard()
                        for artifact in part.artifacts where !artifact.path.contains(".dump") {
                            let bytes = FileManager.default.contents(atPath: part.location(of: artifact)) ?? Data()
                            #expect(!shows(String(decoding: bytes, as: UTF8.self)), "\(artifact.path)")
                        }
                    }
                }
            }
            #expect(shown.rounds > 0)
            #expect(shown.lines == [])
            #expect(!told.withLock(\.self).contains(where: shows))
            let commands = launcher.commands
            #expect(
                commands.contains { $0.environment["PGPASSFILE"] != "/dev/null" && $0.program.hasSuffix("/pg_dump") })
            #expect(!commands.contains { shows("\($0)") })
            // Nothing of it stays.
            for command in commands {
                guard let file = command.environment["PGPASSFILE"], file != "/dev/null" else { continue }
                let bytes = FileManager.default.contents(atPath: file) ?? Data()
                #expect(!shows(String(decoding: bytes, as: UTF8.self)))
            }
        }
    }

    @Test func `a wrong password is an error in one line, without it`() async throws {
        try await withSecretRole { database, _ in
            try await FolderDestination.with { destination in
                let wrong = database.configuration(user: "locked", ["password": "\(Self.secret)-wrong"])
                let target = PostgresBackupTarget(wrong, launcher: TestLauncher())
                let error = await #expect(throws: PostgresBackupError.self) {
                    _ = try await target.backUp(to: destination) { _ in }
                }
                #expect(error?.category == .unavailable)
                #expect(error?.message.contains("authentication failed") == true)
                #expect(error.map { shows("\($0)") } == false)
                // The reason is one line, and what to do another one.
                let lines = error?.message.split(separator: "\n") ?? []
                #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("hint: ") }, "\(lines)")
            }
        }
    }
}

/// Keeps what is written, as text.
private final class KeptText: ByteSink {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { String(decoding: bytes.withLock(\.self), as: UTF8.self) }
    func write(_ piece: [UInt8]) async throws { bytes.withLock { $0 += piece } }
}
