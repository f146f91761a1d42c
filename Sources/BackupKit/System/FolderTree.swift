// SPDX-License-Identifier: Apache-2.0

#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

/// Everything in a folder and its folders.
struct FolderTree {
    /// Paths within the folder; a folder stands before what is in it.
    var files: [String] = []
    var folders: [String] = []
    /// Neither file nor folder: a symbolic link, a socket; or something whose name is no text, so that it cannot be looked at.
    var others: [String] = []

    init(of folder: String, _ files: any BackupFileSystem) throws {
        try visit(folder, prefix: "", files)
        self.files.sort()
        folders.sort()
        others.sort()
    }

    private mutating func visit(_ folder: String, prefix: String, _ system: any BackupFileSystem) throws {
        for name in try system.entries(of: folder) {
            let path = prefix + name
            switch try system.kind(of: "\(folder)/\(name)") {
            case .file: files.append(path)
            case .folder:
                folders.append(path)
                try visit("\(folder)/\(name)", prefix: path + "/", system)
            case .other: others.append(path)
            case nil:
                // Gone since it was listed; or its name is no UTF-8, and was repaired when it was.
                if name.unicodeScalars.contains("\u{FFFD}") { others.append(path) }
            }
        }
    }
}

extension BackupFileSystem {
    /// Takes away a folder with everything in it.
    func removeTree(_ folder: String) throws {
        let tree = try FolderTree(of: folder, self)
        for path in tree.files + tree.others { try removeFile("\(folder)/\(path)") }
        for path in tree.folders.reversed() { try removeFolder("\(folder)/\(path)") }
        try removeFolder(folder)
    }

    /// The contents of a small file.
    func contents(of path: String, atMost limit: Int = 64 << 20) throws -> [UInt8] {
        let file = try openFile(path)
        defer { file.close() }
        var bytes: [UInt8] = []
        while true {
            let piece = try file.read(atMost: 1 << 16)
            if piece.isEmpty { return bytes }
            bytes += piece
            if bytes.count > limit { throw FileSystemError("read", path, .fileTooLarge) }
        }
    }

    /// Makes a file that is safe from a loss of power when this returns; its name is not, before the folder is synced.
    func makeFile(_ path: String, contents: [UInt8]) throws {
        let file = try makeFile(path)
        do {
            try file.writeAll(contents)
            try file.sync()
        } catch {
            try? file.close()
            throw error
        }
        try file.close()
    }

    /// Gives a file other contents at once, safe from a loss of power: whoever reads it finds the old or the new ones.
    func replaceContents(of path: String, with contents: [UInt8], in folder: String) throws {
        let name = "\(path).new"
        if try kind(of: name) != nil { try removeFile(name) }
        try makeFile(name, contents: contents)
        try replace(path, with: name)
        try sync(folder)
    }
}
