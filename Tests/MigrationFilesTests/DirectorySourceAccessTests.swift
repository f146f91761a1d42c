// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import SystemPackage
import Testing

/// Folders and files that cannot be read. Most cases hold for the superuser as well.
@Suite struct DirectorySourceAccessTests {
    @Test func `A folder that does not exist is named`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/nowhere"
        let error = #expect(throws: MigrationFilesError.self) { try DirectorySource(path).migrations() }
        #expect(error?.problems.map(\.code) == [.folderUnavailable])
        #expect(
            error?.description
                == "\(path): error: there is no such folder. Create it, or name the folder of the migrations (--migrations DIR)."
        )
    }

    @Test func `An empty path is shown as one`() throws {
        #expect(throws: MigrationFilesError.self) { try DirectorySource("").migrations() }
        let folder = try TemporaryFolder()
        #expect(folder.problems { _ = try DirectorySource("").migrations() }.first?.hasPrefix("\"\": error: ") == true)
    }

    @Test func `A path that is a file is named`() throws {
        let folder = try TemporaryFolder(["file": ""])
        let path = "\(folder.path)/file"
        #expect(
            folder.problems { _ = try DirectorySource(path).migrations() } == [
                """
                \(path): error: this is not a folder. Name the folder that holds the migration files (--migrations DIR).
                """
            ])
    }

    @Test func `A link that leads to itself is named`() throws {
        let folder = try TemporaryFolder()
        try folder.link("loop", to: "loop")
        let path = "\(folder.path)/loop"
        #expect(
            folder.problems { _ = try DirectorySource(path).migrations() } == [
                "\(path): error: the symbolic link leads to itself. Point it at a folder, or remove it."
            ])
    }

    @Test(arguments: ["0003_x.sql", "billing/0003_x.sql", "0003_x/up.sql"])
    func `A folder that is named like a file is an error`(name: String) throws {
        let folder = try TemporaryFolder(["0001_x.sql": ""])
        try folder.makeFolder(name)
        #expect(
            folder.problems() == [
                """
                \(name): error: this is a folder, but its name is that of a file. Rename it, or move it away. (A folder \
                that is one migration is named <version>_<description> and holds up.sql.)
                """
            ])
    }

    @Test func `A dangling link is an error, as a file, a component and a version`() throws {
        let folder = try TemporaryFolder(["billing/0001_x.sql": ""])
        for name in ["0001_x.sql", "component", "0002_x", "billing/0002_x"] { try folder.link(name, to: "nowhere") }
        let message = """
            error: there is no such file: it is a symbolic link whose target is gone, or it was removed while the folder \
            was read. Bring the target back, or remove the link.
            """
        #expect(
            folder.problems()
                == ["0001_x.sql", "0002_x", "billing/0002_x", "component"].map { "\($0): \(message)" })
    }

    @Test func `A dangling link that nobody would read does not matter in a component's folder`() throws {
        let folder = try TemporaryFolder(["billing/0001_x.sql": ""])
        try folder.link("billing/latest", to: "nowhere")
        #expect(folder.problems().isEmpty)
    }

    @Test func `A loop of links is an error`() throws {
        let folder = try TemporaryFolder()
        try folder.link("0001_x.sql", to: "0002_x.sql")
        try folder.link("0002_x.sql", to: "0001_x.sql")
        let message = "error: the symbolic link leads to itself. Point it at a file, or remove it."
        #expect(folder.problems() == ["0001_x.sql: \(message)", "0002_x.sql: \(message)"])
    }

    @Test(.timeLimit(.minutes(15))) func `A pipe or a device is an error, and nobody waits for it`() throws {
        let folder = try TemporaryFolder()
        try #require(System.makePipe("\(folder.path)/0001_pipe.sql"))
        try folder.link("0002_null.sql", to: "/dev/null")
        let message = "error: this is a pipe, socket or device, not a file. Put a file there, or remove it."
        #expect(folder.problems() == ["0001_pipe.sql: \(message)", "0002_null.sql: \(message)"])
    }

    @Test func `A component that leads back to the folder is read once, not for ever`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": ""])
        try folder.link("again", to: ".")
        #expect(try folder.source.migrations().map(\.path) == ["0001_x.sql", "again/0001_x.sql"])
    }

    @Test(.enabled(if: System.respectsPermissions)) func `Missing permissions are named`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": "", "billing/0001_x.sql": "", "lost+found/file": ""])
        try folder.setPermissions(0, of: "0001_x.sql")
        try folder.setPermissions(0, of: "billing")
        try folder.setPermissions(0, of: "lost+found")
        defer {
            try? folder.setPermissions(0o700, of: "billing")
            try? folder.setPermissions(0o700, of: "lost+found")
        }
        #expect(
            folder.problems() == [
                """
                0001_x.sql: error: the file cannot be read: permission denied. Give the user that runs this the right \
                to read it.
                """,
                """
                billing: error: the folder cannot be listed: permission denied. Give the user that runs this the right \
                to read it.
                """,
            ])
    }

    #if os(Linux)
    @Test func `A file whose size the system does not know beforehand is read whole`() throws {
        let folder = try TemporaryFolder()
        try folder.link("0001_x.sql", to: "/proc/filesystems")
        let migration = try #require(try folder.source.migrations().first)
        let script = try folder.source.script(for: migration)
        #expect(script.byteCount > 10)
        #expect(try Checksum(of: script) == migration.checksum)
    }

    @Test func `A name that is not UTF-8 is an error, whether it is a script or not`() throws {
        let folder = try TemporaryFolder(["0001_x.sql": ""])
        for name in [[0x30, 0x5F, 0x61, 0xE4], [0x61, 0xE4]] as [[UInt8]] {
            let bytes = Array("\(folder.path)/".utf8) + name + Array(".sql".utf8) + [0]
            let path = unsafe bytes.withUnsafeBytes { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe FilePath(platformString: Array($0)) }
            }
            try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerReadWrite).close()
        }
        #expect(folder.problems().count == 2)
        #expect(
            folder.problems().first
                == "0_a\u{FFFD}.sql: error: the file's name is not UTF-8, so it cannot be opened. Rename it.")
    }
    #endif

    @Test func `A script that is gone when it is wanted is an error`() throws {
        let folder = try TemporaryFolder(["billing/0001_x.sql": "SELECT 1;"])
        let migration = try #require(try folder.source.migrations().first)
        try folder.remove("billing/0001_x.sql")
        let problems = folder.problems { _ = try folder.source.script(for: migration) }
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("billing/0001_x.sql: error: there is no such file") == true)
    }

    @Test func `A script that changed in between is found by its checksum`() async throws {
        let folder = try TemporaryFolder(["0001_x.sql": "SELECT 1;"])
        let migration = try #require(try folder.source.migrations().first)
        try folder.write("0001_x.sql", "SELECT 2;")
        await #expect(throws: ScriptChangedError.self) {
            try await MigrationBatch([migration], from: folder.source).script(for: migration)
        }
    }
}
