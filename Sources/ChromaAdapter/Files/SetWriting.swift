// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The calls with which a copy of a store comes into a set, one by one.
///
/// ``SystemWriting`` makes them. Tests put another one in its place, in which any call fails, writes too little, or is the last one. SQLite alone
/// makes calls of its own: where a store has a log, that is written into the copy of its file.
protocol SetWriting: Sendable {
    /// Makes a folder that only its owner can look into, where there is none yet.
    func makeFolder(_ path: String) throws(FileError)

    /// Makes a file that only its owner can read, where nothing is yet.
    func makeFile(_ path: String) throws(FileError) -> OpenFile

    /// Lets a file share the blocks of another one, where the file system can.
    ///
    /// - Returns: Whether it does now.
    func share(_ source: OpenFile, with target: OpenFile) throws(FileError) -> Bool

    /// Writes bytes to a file.
    ///
    /// - Returns: How many of them, at least one; fewer than there are when the file system took no more.
    func write(_ bytes: UnsafeRawBufferPointer, to file: OpenFile, at offset: Int64) throws(FileError) -> Int

    /// Takes away a file; one that is not there is fine.
    func removeFile(_ path: String) throws(FileError)

    /// Returns when a file's contents are on the disk.
    func sync(_ path: String) throws(FileError)
}

extension SetWriting {
    /// Makes the folders that a file below a folder is in.
    func makeParents(of path: String, in folder: String) throws(FileError) {
        var parent = folder
        for part in path.split(separator: "/").dropLast() {
            parent += "/\(part)"
            try makeFolder(parent)
        }
    }
}

/// The machine's own calls.
struct SystemWriting: SetWriting {
    func makeFolder(_ path: String) throws(FileError) { try Folders.make(path) }
    func makeFile(_ path: String) throws(FileError) -> OpenFile { try OpenFile.write(path) }
    func share(_ source: OpenFile, with target: OpenFile) -> Bool { target.shareBlocks(of: source) }
    func write(_ bytes: UnsafeRawBufferPointer, to file: OpenFile, at offset: Int64) throws(FileError) -> Int {
        try file.write(bytes, at: offset)
    }
    func removeFile(_ path: String) throws(FileError) { try Folders.removeFile(path) }
    func sync(_ path: String) throws(FileError) { try Folders.sync(path) }
}
