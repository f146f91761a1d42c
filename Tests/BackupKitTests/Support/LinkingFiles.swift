// SPDX-License-Identifier: Apache-2.0

import BackupKit

/// The machine's file system, in which a copy is a link, so that a file can be larger than the disk; tells when a copy is read.
struct LinkingFiles: BackupFileSystem {
    private let system = SystemFiles()
    let source: String
    let hashing: @Sendable () -> Void

    func copyFile(_ path: String, to newPath: String) throws { try system.link(source, to: newPath) }

    func openFile(_ path: String) throws -> any InputFile {
        if path.hasSuffix("/data.bin") { hashing() }
        return try system.openFile(path)
    }

    func kind(of path: String) throws -> FileKind? { try system.kind(of: path) }
    func makeFolder(_ path: String) throws { try system.makeFolder(path) }
    func makeFile(_ path: String) throws -> any OutputFile { try system.makeFile(path) }
    func entries(of folder: String) throws -> [String] { try system.entries(of: folder) }
    func move(_ path: String, to newPath: String) throws { try system.move(path, to: newPath) }
    func replace(_ path: String, with newFile: String) throws { try system.replace(path, with: newFile) }
    func link(_ path: String, to newPath: String) throws { try system.link(path, to: newPath) }
    func makePrivate(_ path: String) throws { try system.makePrivate(path) }
    func sync(_ path: String) throws { try system.sync(path) }
    func removeFile(_ path: String) throws { try system.removeFile(path) }
    func removeFolder(_ path: String) throws { try system.removeFolder(path) }
    func freeBytes(at folder: String) throws -> Int64 { try system.freeBytes(at: folder) }
    func lock(_ path: String) throws -> (any LockedFile)? { try system.lock(path) }
}
