// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

@testable import MigrationFiles

@Suite struct NewFileTests {
    @Test func `A file is created with its text`() throws {
        let folder = try TemporaryFolder()
        try NewFile.write("SELECT 'ä';\n", to: FilePath("\(folder.path)/new.sql"))
        #expect(try folder.text(of: "new.sql") == "SELECT 'ä';\n")
    }

    @Test func `What exists is left as it is, a link that leads nowhere too`() throws {
        let folder = try TemporaryFolder(["old.sql": "old", "folder/x": ""])
        try folder.link("link.sql", to: "nowhere.sql")
        for name in ["old.sql", "link.sql", "folder"] {
            #expect(throws: Errno.fileExists) { try NewFile.write("new", to: FilePath("\(folder.path)/\(name)")) }
        }
        #expect(try folder.text(of: "old.sql") == "old")
        #expect(try Folder(path: FilePath(folder.path)).names() == ["folder", "link.sql", "old.sql"])
    }

    @Test func `Without the folder there is no file`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try NewFile.write("new", to: FilePath("\(folder.path)/nowhere/new.sql"))
        }
    }
}
