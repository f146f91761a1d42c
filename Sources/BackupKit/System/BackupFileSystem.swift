// SPDX-License-Identifier: Apache-2.0

/// A file system as backup sets need it. Its calls block; sets are written on queues of their own.
///
/// ``SystemFiles`` is the machine's. Another one can count calls, let any of them fail, and stop at any of them, which is how it is
/// proven that no listed set is ever half a set. Every call throws ``FileSystemError``. Paths are absolute.
public protocol BackupFileSystem: Sendable {
    /// What is at a path, without following a symbolic link; `nil` when nothing is.
    func kind(of path: String) throws -> FileKind?

    /// Creates a folder, for its owner only, in one that exists.
    func makeFolder(_ path: String) throws

    /// Creates a file, for its owner only, where nothing is yet.
    func makeFile(_ path: String) throws -> any OutputFile

    /// Opens a file for reading from its start.
    func openFile(_ path: String) throws -> any InputFile

    /// The names of everything in a folder, in no order.
    func entries(of folder: String) throws -> [String]

    /// Gives a file or folder another name in the same file system. Fails where there is something of that name.
    func move(_ path: String, to newPath: String) throws

    /// Gives a file another name in the same file system, in place of the file of that name, which never is not there.
    func replace(_ path: String, with newFile: String) throws

    /// Gives a file a second name in the same file system.
    func link(_ path: String, to newPath: String) throws

    /// Copies a file to a new one, for its owner only. Blocks are shared where the file system can do that.
    func copyFile(_ path: String, to newPath: String) throws

    /// Takes a file's or folder's rights from everybody but its owner.
    func makePrivate(_ path: String) throws

    /// Returns when a file's contents, or a folder's names, are safe from a loss of power.
    func sync(_ path: String) throws

    /// Takes away a file or a symbolic link.
    func removeFile(_ path: String) throws

    /// Takes away an empty folder.
    func removeFolder(_ path: String) throws

    /// How many bytes can be written until the file system of a folder is full, by whoever runs this.
    func freeBytes(at folder: String) throws -> Int64

    /// Locks a file against other processes, and other tasks of this one, until it is unlocked or the process has ended. The file is
    /// created where it is not there.
    ///
    /// - Returns: `nil` when another one holds the lock.
    func lock(_ path: String) throws -> (any LockedFile)?
}

/// What is at a path.
public enum FileKind: Hashable, Sendable {
    /// A file, with its number of bytes.
    case file(bytes: Int64)
    /// A folder.
    case folder
    /// A symbolic link, a socket, a device.
    case other
}

/// A file that is being written.
public protocol OutputFile: Sendable {
    /// Writes bytes behind those before.
    ///
    /// - Returns: How many of them; fewer than there are when the file system took no more.
    func write(_ bytes: ArraySlice<UInt8>) throws -> Int
    /// Returns when everything that was written is safe from a loss of power.
    func sync() throws
    /// Ends the writing. To be called once.
    func close() throws
}

/// A file that is being read.
public protocol InputFile: Sendable {
    /// Reads the next bytes; empty at the end.
    func read(atMost count: Int) throws -> [UInt8]
    /// Ends the reading. To be called once.
    func close()
}

/// A file that is locked.
public protocol LockedFile: Sendable {
    /// Lets the file say something, for those who wait for it.
    func setContents(_ text: String) throws
    /// Ends the lock. To be called once.
    func unlock()
}

extension OutputFile {
    /// Writes all the bytes.
    func writeAll(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try write(rest)
            // A file system that takes nothing says why with the next call; one that does not would never end.
            rest = rest.dropFirst(count)
        }
    }
}
