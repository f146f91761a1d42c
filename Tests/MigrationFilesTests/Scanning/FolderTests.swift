// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

@testable import MigrationFiles

@Suite struct FolderTests {
    @Test func `Names are sorted, and those with a dot in front left out`() throws {
        let folder = try TemporaryFolder(["b": "", "a": "", ".c": "", "B": "", "10": "", "9": "", "ä": "", "sub/x": ""])
        try folder.link("dangling", to: "nowhere")
        #expect(try Folder(path: FilePath(folder.path)).names() == ["10", "9", "B", "a", "b", "dangling", "sub", "ä"])
    }

    @Test func `Links count as what they lead to`() throws {
        let target = try TemporaryFolder(["file": "", "sub/x": ""])
        try target.link("to-file", to: "file")
        try target.link("to-folder", to: "sub")
        try target.link("nowhere", to: "gone")
        let folder = Folder(path: FilePath(target.path))
        for (name, type) in [
            ("file", FileType.regular), ("sub", .directory), ("to-file", .regular), ("to-folder", .directory),
        ] {
            #expect(try folder.kind(of: name) == type)
        }
        #expect(throws: Errno.noSuchFileOrDirectory) { try folder.kind(of: "nowhere") }
        #expect(folder.isLink("nowhere"))
        #expect(folder.isLink("to-file"))
        #expect(!folder.isLink("file"))
        #expect(!folder.isLink("never-there"))
    }

    @Test func `A folder that cannot be listed says why`() throws {
        let folder = try TemporaryFolder(["file": ""])
        try folder.link("loop", to: "loop")
        for (name, errno) in [
            ("gone", Errno.noSuchFileOrDirectory), ("file", .notDirectory), ("loop", .tooManySymbolicLinkLevels),
        ] {
            let error = #expect(throws: FolderFailure.self) {
                try Folder(path: FilePath("\(folder.path)/\(name)")).names()
            }
            #expect(error?.errno == errno)
            #expect(error?.problem(path: name).code == .folderUnavailable)
        }
    }
}
