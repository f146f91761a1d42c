// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import Testing

@Suite("BackupRunner")
struct BackupRunnerTests {
    @Test("A set has every artifact, its metadata, and is nobody else's to read")
    func set() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path + "/a/b")
            let set = try await folder.backUp()
            #expect(set.name.description == "backup_20250916_123000")
            #expect(try folder.visible == ["backup_20250916_123000"])
            #expect(set.metadata.status == .complete)
            #expect(set.metadata.schemaVersions == ["core": "12"])
            let paths = set.metadata.artifacts.map(\.path)
            #expect(
                paths == [
                    "RESTORE.md", "SHA256SUMS", "chroma/chroma.sqlite3", "chroma/data_level0.bin", "postgres_app.dump",
                    "postgres_globals.sql", "redis/dump.rdb",
                ])
            #expect(set.part(.postgres)?.snapshot.details["list"] == [1, "two", true, .null])
            #expect(try await set.storedFindings() == [])
            for name in [""] + paths + ["chroma", "redis", "BACKUP_METADATA.json"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(set.folder)/\(name)")
                let mode = try #require(attributes[.posixPermissions] as? NSNumber).intValue
                #expect(mode == (attributes[.type] as? FileAttributeType == .typeDirectory ? 0o700 : 0o600), "\(name)")
            }
            let manual = try String(contentsOfFile: "\(set.folder)/RESTORE.md", encoding: .utf8)
            #expect(
                manual.contains(
                    "## postgres\n\nFrom postgres here, version 15.3, as it was at 2025-09-16T12:30:00Z.\n\nDo `this`.")
            )
        }
    }

    @Test("A store that fails is not in the set, and nothing of it is left; the others are")
    func oneFails() async throws {
        try await TemporaryFolder.with { path in
            var broken = ScriptedTarget.redis
            broken.artifacts += [.unfinished("redis/more"), .fails(BackupKitError(.store, "it closed the connection"))]
            var options = BackupRunner.Options.counting()
            options.skipped = [.neo4j: "not configured"]
            let runner = BackupRunner(
                folder: BackupFolder(path), targets: [broken, ScriptedTarget.postgres], options: options)
            let set = try await runner.run()
            #expect(set.metadata.status == .partial)
            #expect(set.metadata.stores[.redis]?.status == .failed)
            #expect(set.metadata.stores[.redis]?.reason == "it closed the connection")
            #expect(set.metadata.stores[.neo4j] == StoreRecord(status: .skipped, reason: "not configured"))
            #expect(set.part(.redis) == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: set.folder).contains("redis") == false)
            #expect(try await set.storedFindings() == [])
        }
    }

    @Test("When all fail there is no set, and every reason is told")
    func allFail() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            var first = ScriptedTarget.redis
            first.artifacts = [.fails(BackupKitError(.unavailable, "nobody there"))]
            var second = ScriptedTarget.postgres
            second.artifacts = [.unfinished("postgres_app.dump")]
            let error = await #expect(throws: BackupRunError.self) { try await folder.backUp([first, second]) }
            #expect(
                error?.description == """
                    no store could be saved, so no set was made
                    postgres: postgres_app.dump was not finished by the postgres target, so it may not be whole
                    redis: nobody there
                    """)
            #expect(try folder.visible == [])
        }
    }

    @Test(
        "A path outside of what is the store's is refused",
        arguments: ["x.dump", "redis/../a", "/etc/x", "redis", "redis//a"])
    func paths(path: String) async throws {
        try await TemporaryFolder.with { root in
            let target = ScriptedTarget(store: .redis, artifacts: [.written(path, pieces: [[1]])])
            let error = await #expect(throws: BackupRunError.self) { try await BackupFolder(root).backUp([target]) }
            #expect(error?.description.contains("\"\(path)\" is no path for an artifact of redis") == true)
        }
    }

    @Test("A folder that is a symbolic link to one is as good")
    func linkedFolder() async throws {
        try await TemporaryFolder.with { path in
            try FileManager.default.createDirectory(atPath: "\(path)/disk", withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: "\(path)/sets", withDestinationPath: "\(path)/disk")
            for folder in ["\(path)/sets", "\(path)/sets/more"] {
                let set = try await BackupFolder(folder).backUp()
                #expect(try await set.storedFindings() == [])
            }
        }
    }

    @Test("A target that has written nothing has saved nothing")
    func empty() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let target = ScriptedTarget(store: .redis, artifacts: [])
            let set = try await BackupFolder(path).backUp([target, ScriptedTarget.postgres])
            #expect(set.metadata.stores[.redis]?.status == .failed)
            #expect(try await set.storedFindings() == [])
        }
    }

    @Test("What an interrupted run left and cannot be removed is in nobody's way")
    func leftOver() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            let partial = "\(path)/.backup_20250916_123000.partial"
            try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: false)
            try DamageTests.Files(folder: partial).makeUnnamable()
            let set = try await folder.backUp()
            #expect(set.name.timestamp == "20250916_123000_2")
            #expect(try folder.contents().unfinished.count == 1)
        }
    }

    @Test("Names that are taken get a number")
    func names() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let names = [
                try await folder.backUp().name, try await folder.backUp().name, try await folder.backUp().name,
            ]
            let timestamps = names.map(\.timestamp)
            #expect(timestamps == ["20250916_123000", "20250916_123000_2", "20250916_123000_3"])
            #expect(try folder.contents().sets.map(\.name) == names)
        }
    }

    @Test("A second run says who is at work; or it waits, and succeeds")
    func lock() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            var slow = ScriptedTarget.redis
            slow.before = {
                start.finish()
                for await _ in gate {}
            }
            let targets = [slow]
            let first = Task { try await folder.backUp(targets) }
            for await _ in started {}
            let error = await #expect(throws: FolderBusyError.self) { try await folder.backUp() }
            #expect(error?.category == .busy)
            #expect(error?.description.hasPrefix("another run works in \(path): process \(getpid()) on ") == true)
            var options = BackupRunner.Options.counting(from: "20250916_130000")
            options.wait = .seconds(600)
            let runner = BackupRunner(folder: folder, targets: [ScriptedTarget.postgres], options: options) { event in
                if case .waitingForRun = event { open.finish() }
            }
            let second = try await runner.run()
            #expect(try await first.value.name < second.name)
        }
    }

    @Test("A cancelled run leaves nothing")
    func cancelled() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            var endless = ScriptedTarget.redis
            endless.before = {
                start.finish()
                try await Task.sleep(for: .seconds(3600))
            }
            let targets: [any BackupTarget] = [endless, ScriptedTarget.postgres]
            let run = Task { try await folder.backUp(targets) }
            for await _ in started {}
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            #expect(try folder.visible == [])
        }
    }

    @Test("Hashing a large file ends soon when the run is cancelled")
    func cancelledHash() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            // A hole of a terabyte: whoever does not stop reads for a quarter of an hour.
            let source = "\(path)/source"
            #expect(FileManager.default.createFile(atPath: source, contents: nil))
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: source))
            try handle.truncate(atOffset: 1 << 40)
            try handle.close()
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let files = LinkingFiles(source: source, hashing: { start.finish() })
            let folder = BackupFolder("\(path)/sets", files: files)
            let targets = [ScriptedTarget(store: .chroma, artifacts: [.copied("chroma/data.bin", from: source)])]
            let run = Task { try await folder.backUp(targets) }
            for await _ in started {}
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            #expect(try folder.visible == [])
        }
    }

    @Test("A file that did not change is shared with the set before; a damaged one is not")
    func links() async throws {
        try await TemporaryFolder.with { path in
            let source = "\(path)/source"
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: source))
            let folder = BackupFolder("\(path)/sets")
            let target = ScriptedTarget(store: .chroma, artifacts: [.copied("chroma/data.bin", from: source)])
            func inode(_ set: BackupSet) throws -> UInt64? {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(set.folder)/chroma/data.bin")
                return (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
            }
            let first = try await folder.backUp([target])
            let second = try await folder.backUp([target])
            #expect(try inode(first) == inode(second))
            try Data([1, 2, 4]).write(to: URL(fileURLWithPath: "\(second.folder)/chroma/data.bin"))
            let third = try await folder.backUp([target])
            #expect(try inode(third) != inode(second))
            #expect(try await third.storedFindings() == [])
            #expect(try await second.storedFindings().count == 1)
        }
    }
}
