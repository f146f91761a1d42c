// SPDX-License-Identifier: Apache-2.0

import BackupTestSupport

@testable import ChromaAdapter

/// The calls that copy a store into a set, counted together with those that make the set; one of all goes wrong.
struct FaultyWriting: SetWriting {
    let files: FaultyFiles
    private let system = SystemWriting()

    init(_ files: FaultyFiles) { self.files = files }

    @discardableResult
    private func pass(_ operation: String, _ path: String, bytes: Int? = nil) throws(FileError) -> Int {
        do {
            return try files.passTarget(operation, path, bytes: bytes)
        } catch {
            throw FileError(operation: operation, path: path, number: error.number)
        }
    }

    func makeFolder(_ path: String) throws(FileError) {
        try pass("create the folder", path)
        let isNew = try Folders.kind(of: path) == nil
        try system.makeFolder(path)
        if isNew { files.targetMade(path, isFile: false) }
    }

    func makeFile(_ path: String) throws(FileError) -> OpenFile {
        try pass("write", path)
        let file = try system.makeFile(path)
        files.targetMade(path, isFile: true)
        return file
    }

    /// No file system can: each byte is written.
    func share(_ source: OpenFile, with target: OpenFile) throws(FileError) -> Bool { false }

    func write(_ bytes: UnsafeRawBufferPointer, to file: OpenFile, at offset: Int64) throws(FileError) -> Int {
        let count = try pass("write", file.path, bytes: bytes.count)
        return try unsafe system.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), to: file, at: offset)
    }

    func removeFile(_ path: String) throws(FileError) {
        try pass("remove", path)
        try system.removeFile(path)
    }

    func sync(_ path: String) throws(FileError) {
        try pass("sync", path)
        try system.sync(path)
    }
}
