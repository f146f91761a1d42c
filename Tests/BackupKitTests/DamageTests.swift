// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import Testing

@Suite("Damage to a set")
struct DamageTests {
    /// A kind of damage, done to a set beside which another one stands.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let damage: @Sendable (_ set: Files, _ other: Files) throws -> Void

        init(_ name: String, _ damage: @escaping @Sendable (_ set: Files, _ other: Files) throws -> Void) {
            testDescription = name
            self.damage = damage
        }
    }

    /// The files of a set.
    struct Files: Sendable {
        let folder: String

        func path(_ name: String) -> String { "\(folder)/\(name)" }
        func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }
        func write(_ name: String, _ data: Data) throws { try data.write(to: URL(fileURLWithPath: path(name))) }
        func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }
        func change(_ name: String, _ body: (inout Data) -> Void) throws {
            var data = try read(name)
            body(&data)
            try write(name, data)
        }
        /// Adds a file whose name is no UTF-8.
        func makeUnnamable() throws {
            let path: [CChar] = Array(folder.utf8CString.dropLast()) + [0x2F, -1, 0x78, 0]
            let descriptor = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
            try #require(descriptor >= 0)
            close(descriptor)
        }
        func flip(_ name: String, at offset: Int, bit: UInt8 = 1) throws {
            try change(name) { $0[offset < 0 ? $0.count + offset : offset] ^= bit }
        }
        func replace(_ name: String, _ old: String, with new: String) throws {
            try change(name) { $0 = Data(String(decoding: $0, as: UTF8.self).replacing(old, with: new).utf8) }
        }
    }

    private static let metadata = "BACKUP_METADATA.json"
    private static let files = [
        "postgres_app.dump", "postgres_globals.sql", "redis/dump.rdb", "chroma/chroma.sqlite3",
        "chroma/data_level0.bin",
        "RESTORE.md", "SHA256SUMS",
    ]

    static let bytes: [Damage] = files.flatMap { file in
        [
            Damage("\(file): its first bit") { set, _ in try set.flip(file, at: 0) },
            Damage("\(file): its last bit") { set, _ in try set.flip(file, at: -1, bit: 0x80) },
            Damage("\(file): its last byte is gone") { set, _ in try set.change(file) { $0.removeLast() } },
            Damage("\(file): a byte more") { set, _ in try set.change(file) { $0.append(0) } },
            Damage("\(file): empty") { set, _ in try set.write(file, Data()) },
            Damage("\(file): missing") { set, _ in try set.remove(file) },
            Damage("\(file): a folder") { set, _ in
                try set.remove(file)
                try FileManager.default.createDirectory(atPath: set.path(file), withIntermediateDirectories: false)
            },
            Damage("\(file): a symbolic link to what it was") { set, _ in
                try FileManager.default.moveItem(atPath: set.path(file), toPath: set.folder + "-elsewhere")
                try FileManager.default.createSymbolicLink(
                    atPath: set.path(file), withDestinationPath: set.folder + "-elsewhere")
            },
        ]
    }

    static let others: [Damage] = [
        Damage("a page of zeros in the middle") { set, _ in
            try set.change("postgres_app.dump") { $0.replaceSubrange(100_000..<104_096, with: Data(count: 4096)) }
        },
        Damage("two pages have changed places") { set, _ in
            try set.change("postgres_app.dump") { data in
                data[0] = 1
                let (first, second) = (data[0..<4096], data[4096..<8192])
                data.replaceSubrange(0..<8192, with: second + first)
            }
        },
        Damage("a file more") { set, _ in try set.write("redis/more", Data([1])) },
        Damage("a file more whose name is no text") { set, _ in try set.makeUnnamable() },
        Damage("a file more whose name only looks like that of another") { set, _ in
            // The same letters, composed and not: equal for Swift, another file on the disk.
            try set.write("chroma/e\u{301}", Data([1]))
        },
        Damage("a hidden file more") { set, _ in try set.write(".hidden", Data()) },
        Damage("an empty folder more") { set, _ in
            try FileManager.default.createDirectory(atPath: set.path("neo4j"), withIntermediateDirectories: false)
        },
        Damage("a part of another set") { set, other in
            try set.write("postgres_app.dump", try other.read("postgres_app.dump"))
        },
        Damage("the metadata of another set") { set, other in try set.write(metadata, try other.read(metadata)) },
        Damage("all parts of another set") { set, other in
            for file in files where file != "RESTORE.md" { try set.write(file, try other.read(file)) }
        },
        Damage("two files have changed places") { set, _ in
            let (first, second) = (try set.read("postgres_app.dump"), try set.read("redis/dump.rdb"))
            try set.write("postgres_app.dump", second)
            try set.write("redis/dump.rdb", first)
        },
        Damage("metadata: a status") { set, _ in try set.replace(metadata, "\"complete\"", with: "\"partial\"") },
        Damage("metadata: a version") { set, _ in try set.replace(metadata, "\"15.3\"", with: "\"15.4\"") },
        Damage("metadata: an instant") { set, _ in
            try set.replace(metadata, "2025-09-16T12:30:00Z", with: "2025-09-17T12:30:00Z")
        },
        Damage("metadata: a size") { set, _ in try set.replace(metadata, "300006", with: "300007") },
        Damage("metadata: a digest, so that it fits an empty dump") { set, _ in
            let empty = Checksum(of: []).hexadecimal
            let full = Checksum(of: Array(try set.read("postgres_app.dump"))).hexadecimal
            try set.write("postgres_app.dump", Data())
            try set.replace(metadata, full, with: empty)
            try set.replace(metadata, "300006", with: "0")
        },
        Damage("metadata: a blank") { set, _ in try set.change(metadata) { $0.append(0x20) } },
        Damage("metadata: cut") { set, _ in try set.change(metadata) { $0.removeLast(20) } },
        Damage("metadata: empty") { set, _ in try set.write(metadata, Data()) },
        Damage("metadata: missing") { set, _ in try set.remove(metadata) },
        Damage("metadata: another format") { set, _ in
            try set.replace(metadata, "\"format\" : 1", with: "\"format\" : 2")
        },
        Damage("metadata: a file less") { set, _ in
            try set.remove("postgres_globals.sql")
            try set.replace(metadata, "postgres_globals.sql", with: "postgres_app.dump")
        },
    ]

    @Test("is found at the first level, and named", arguments: bytes + others)
    func found(_ damage: Damage) async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path + "/sets")
            var chroma = ScriptedTarget.chroma
            chroma.artifacts.append(.written("chroma/\u{E9}", pieces: [[1]]))
            let set = try await folder.backUp([ScriptedTarget.postgres, ScriptedTarget.redis, chroma])
            var target = ScriptedTarget.postgres
            target.artifacts[0] = .written("postgres_app.dump", pieces: [Array(repeating: 8, count: 300_006)])
            let other = try await folder.backUp([target, ScriptedTarget.redis, ScriptedTarget.chroma])
            try damage.damage(Files(folder: set.folder), Files(folder: other.folder))
            var findings: [String] = []
            do {
                findings = try await folder.set(set.name.description).storedFindings()
            } catch let error as BackupKitError where error.category == .damaged {
                findings = [error.description]
            }
            #expect(!findings.isEmpty)
            // A listing does not take it for a set whose metadata it is not.
            #expect(try folder.contents().sets.contains { $0.name == other.name })
        }
    }

    /// Changes to the metadata that were signed anew, and contradict what else it says.
    static let contradictions: [(String, @Sendable (inout BackupMetadata) -> Void)] = [
        ("a status", { $0.status = .partial }),
        ("a schema version", { $0.schemaVersions["core"] = "13" }),
        ("no manual", { metadata in metadata.artifacts.removeAll { $0.path == "RESTORE.md" } }),
        ("no list of digests", { metadata in metadata.artifacts.removeAll { $0.path == "SHA256SUMS" } }),
        (
            "a file of another store",
            { metadata in
                for index in metadata.artifacts.indices where metadata.artifacts[index].path == "redis/dump.rdb" {
                    metadata.artifacts[index].store = .postgres
                }
            }
        ),
        (
            "a file of no store",
            { metadata in
                for index in metadata.artifacts.indices where metadata.artifacts[index].path == "postgres_globals.sql" {
                    metadata.artifacts[index].store = nil
                }
            }
        ),
        (
            "another digest than in the list",
            { metadata in
                for index in metadata.artifacts.indices where metadata.artifacts[index].path == "redis/dump.rdb" {
                    metadata.artifacts[index].sha256 = Checksum(of: [])
                }
            }
        ),
    ]

    @Test("Metadata that was signed anew and contradicts itself is found", arguments: contradictions.indices)
    func contradiction(index: Int) async throws {
        let (name, change) = Self.contradictions[index]
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            let set = try await folder.backUp()
            var metadata = set.metadata
            change(&metadata)
            for gone in set.metadata.artifacts where !metadata.artifacts.contains(where: { $0.path == gone.path }) {
                try Files(folder: set.folder).remove(gone.path)
            }
            try Files(folder: set.folder).write(Self.metadata, Data(try metadata.encoded()))
            let findings = try await folder.set(set.name.description).storedFindings()
            #expect(findings.contains { $0.contains("BACKUP_METADATA.json") }, "\(name): \(findings)")
        }
    }

    @Test("A set of a layout that is not known yet is no damage: it is said who made it")
    func laterFormat() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            let set = try await folder.backUp()
            var metadata = set.metadata
            metadata.format = 2
            try Files(folder: set.folder).write(Self.metadata, Data(try metadata.encoded()))
            let error = #expect(throws: BackupKitError.self) { try folder.set(set.name.description) }
            #expect(error?.category == .refused)
            let latest = #expect(throws: BackupKitError.self) { try folder.set("latest") }
            #expect(latest?.category == .refused)
            #expect(latest?.description.contains("hint: use Strata ") == true)
            #expect(
                error?.description.hasPrefix(
                    "\(set.folder)/BACKUP_METADATA.json has format 2, and this build reads format 1\nhint: use Strata ")
                    == true)
        }
    }

    @Test("A folder that got another set's name is not taken for that one, and latest is no older set than it says")
    func exchanged() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            let first = try await folder.backUp()
            let second = try await folder.backUp(at: "20250917_000000")
            try FileManager.default.removeItem(atPath: second.folder)
            try FileManager.default.copyItem(atPath: first.folder, toPath: second.folder)
            for name in [second.name.description, "latest"] {
                let error = #expect(throws: BackupKitError.self) { try folder.set(name) }
                #expect(error?.category == .damaged)
                #expect(error?.description.contains("its metadata is that of \(first.name)") == true)
            }
            // By its path it is what it holds.
            #expect(try folder.set(second.folder).name == first.name)
        }
    }

    @Test("How many kinds there are")
    func count() {
        print("kinds of damage at the first level: \(Self.bytes.count + Self.others.count)")
        #expect(Self.bytes.count + Self.others.count >= 70)
    }

    @Test("Every single byte of the metadata counts")
    func everyByte() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let set = try await folder.backUp([ScriptedTarget.redis])
            let files = Files(folder: set.folder)
            let whole = try files.read(Self.metadata)
            for offset in whole.indices {
                try files.flip(Self.metadata, at: offset)
                #expect(throws: BackupKitError.self, "byte \(offset)") { try folder.set(set.name.description) }
                try files.write(Self.metadata, whole)
            }
            #expect(try folder.set(set.name.description).metadata == set.metadata)
        }
    }
}
