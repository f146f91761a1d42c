// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

/// Restores after others that did not end, and where none can be.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct InterruptedRestoreTests {
    private static let set = "backup_20250916_123000"

    /// Runs a body with a store and a set of it, and what each of them has.
    private nonisolated(nonsending) func withSet(
        _ body: (TestChroma, StoredPart) async throws -> Void
    ) async throws {
        try await TestChroma.with { chroma in
            try await FolderDestination.with { destination in
                let snapshot = try await chroma.target.backUp(to: destination) { _ in }
                try await body(chroma, destination.part(snapshot, store: .chroma))
            }
        }
    }

    private nonisolated(nonsending) func refusal(_ body: () async throws -> Void) async throws -> ChromaBackupError {
        do { try await body() } catch let error as ChromaBackupError { return error }
        throw Failure("it was not refused")
    }

    private func write(_ path: String, _ text: String) throws {
        let parent = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    @Test("what a killed restore was building is removed by the next one; what a living one builds is not")
    func killed() async throws {
        try await withSet { chroma, part in
            let target = ChromaRestoreTarget(chroma.configuration)
            let dead = "\(chroma.parent)/store_restoring_\(Self.set)"
            try write("\(dead)/part", "half")
            let session = try await target.openSession(part, options: RestoreOptions())
            #expect(session.notices == ["a killed restore left \(dead) behind: it is removed"])
            #expect(FileManager.default.fileExists(atPath: "\(dead)/part"))
            try await session.prepare { _ in }
            #expect(!FileManager.default.fileExists(atPath: "\(dead)/part"))
            let second = try await refusal { _ = try await target.openSession(part, options: RestoreOptions()) }
            #expect(second.message.contains("another restore is making \(dead) just now"))
            _ = try await session.swap { _ in }
            #expect(try chroma.neighbours == ["store", "store_before_\(Self.set)"])
        }
    }

    @Test("between the renamings, neither the old store nor the way back is lost", arguments: [true, false])
    func betweenRenamings(goesOn: Bool) async throws {
        try await withSet { chroma, part in
            try write("\(chroma.folder)/mark", "of the old one")
            let target = ChromaRestoreTarget(chroma.configuration)
            let before = "\(chroma.parent)/store_before_\(Self.set)"
            try FileManager.default.moveItem(atPath: chroma.folder, toPath: before)
            try write("\(chroma.parent)/store_restoring_\(Self.set)/part", "half")
            if goesOn {
                let session = try await target.openSession(part, options: RestoreOptions())
                #expect(session.notices.contains { $0.contains("what was there is \(before)") })
                #expect(!session.notices.contains { $0.contains("remove it") })
                try await session.prepare { _ in }
                let account = try await session.swap { _ in }
                #expect(account.contains("restore --undo \(Self.set) brings it back"))
                #expect(!FileManager.default.fileExists(atPath: "\(chroma.folder)/mark"))
            }
            #expect(target.keeps(set: Self.set))
            _ = try await target.undo(set: Self.set) { _ in }
            #expect(FileManager.default.fileExists(atPath: "\(chroma.folder)/mark"))
            #expect(!target.keeps(set: Self.set))
        }
    }

    @Test("a server that has another path to the folder is found")
    func otherPath() async throws {
        try await withSet { chroma, part in
            let unshare = try #require(TestLauncher().find("unshare", in: ["/usr/bin"]))
            let script = TestChroma.root.appending(path: "Tests/Fixtures/chroma/hold.py").path(percentEncoded: false)
            // As a container does it with a volume.
            let commands =
                "mkdir \"$1/volume\" && mount --bind \"$1/store\" \"$1/volume\" && exec \"$2\" \"$3\" \"$1/volume\""
            let command = ProcessCommand(
                program: unshare,
                arguments: [
                    "-m", "/bin/sh", "-c", commands, "sh", chroma.parent, "\(try chroma.version.programs)/python",
                    script,
                ])
            let output = LineSink()
            let server = Task { try await TestLauncher().run(command, output: output) { _ in } }
            #expect(try await eventually { output.lines == ["ready"] })
            let target = ChromaRestoreTarget(chroma.configuration)
            let error = try await refusal { _ = try await target.openSession(part, options: RestoreOptions()) }
            server.cancel()
            _ = await server.result
            #expect(error.category == .refused)
            #expect(error.message.contains("has chroma.sqlite3 open"))
        }
    }

    @Test("a copy of a process, on its way to become another program, uses nothing that the process does not")
    func copiedProcess() async throws {
        try await TestChroma.with { chroma in
            try await chroma.whileRunning("copied", chroma.folder) { output in
                let process = try #require(output.lines.first.flatMap { Int32($0) })
                let others = StoreUsers.processes(using: chroma.folder).found.map(\.number)
                #expect(others.count == 2 && others.contains(process))
                #expect(StoreUsers.processes(using: chroma.folder, asking: process).found.isEmpty)
            }
        }
    }

    @Test("the store of another account is not replaced, except by root")
    func otherAccount() async throws {
        try await withSet { chroma, part in
            var target = ChromaRestoreTarget(chroma.configuration)
            target.account = geteuid() + 12345
            let error = try await refusal { [target] in
                _ = try await target.openSession(part, options: RestoreOptions())
            }
            #expect(error.message.contains("belongs to another account (number \(geteuid()))"))
            target.account = 0
            _ = try await target.openSession(part, options: RestoreOptions())
            // Nor is one that an interrupted restore put aside.
            target.account = geteuid() + 12345
            let before = "\(chroma.parent)/store_before_\(Self.set)"
            try FileManager.default.moveItem(atPath: chroma.folder, toPath: before)
            let kept = try await refusal { [target] in
                _ = try await target.openSession(part, options: RestoreOptions())
            }
            #expect(kept.message.contains("\(before) belongs to another account"))
        }
    }

    @Test("a mount point is refused before anything is copied")
    func mountPoint() async throws {
        try await withSet { _, part in
            try await SmallDisk.with(megabytes: 1) { disk in
                let target = ChromaRestoreTarget(ChromaConfiguration(path: disk.mountPoint))
                let error = try await refusal { _ = try await target.openSession(part, options: RestoreOptions()) }
                #expect(error.category == .refused)
                #expect(error.message.contains("\(disk.mountPoint) is a mount point"))
            }
        }
    }

    @Test("a host that nobody can find is no proof that ChromaDB is stopped")
    func unknownHost() async throws {
        try await withSet { chroma, part in
            var configuration = chroma.configuration
            configuration.host = "nobody.invalid"
            let target = ChromaRestoreTarget(configuration)
            let error = try await refusal { _ = try await target.openSession(part, options: RestoreOptions()) }
            #expect(error.category == .configuration)
            #expect(error.message.contains("CHROMA_HOST is nobody.invalid"))
        }
    }
}
