// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

/// A folder that holds backup sets.
public struct BackupFolder: Sendable {
    /// Its absolute path.
    public let path: String
    let files: any BackupFileSystem

    /// Names a folder. It need not be there.
    public init(_ path: String, files: any BackupFileSystem = SystemFiles()) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.files = files
    }

    /// What is in the folder. One that is not there has nothing.
    ///
    /// - Throws: ``FileSystemError`` when it cannot be read.
    public func contents() throws -> BackupFolderContents {
        var found = BackupFolderContents()
        guard try files.kind(of: path) != nil else { return found }
        for entry in try files.entries(of: path) {
            if let name = SetName(partialFolder: entry) {
                found.unfinished.append(name)
            } else if let name = SetName(entry) {
                do {
                    found.sets.append(try set(name))
                } catch {
                    found.unreadable.append(UnreadableSet(name: name, reason: "\(error)"))
                }
            }
        }
        found.sets.sort { $0.name < $1.name }
        found.unfinished.sort()
        found.unreadable.sort { $0.name < $1.name }
        return found
    }

    /// Finds a set by its name in this folder, or by the path of its folder.
    ///
    /// - Throws: ``BackupKitError`` when there is none, or its metadata is damaged.
    public func set(_ nameOrPath: String) throws -> BackupSet {
        guard !nameOrPath.contains("/") else {
            return try read(BackupFolder(nameOrPath).path)
        }
        if nameOrPath == "latest" {
            let contents = try contents()
            // An older one in the place of one that is damaged would be a surprise.
            if let unreadable = contents.unreadable.last, contents.sets.last.map({ $0.name < unreadable.name }) ?? true
            {
                return try unusable(unreadable)
            }
            guard let newest = contents.sets.last else {
                throw BackupKitError(.refused, "there is no set in \(path)\nhint: strata backup makes one.")
            }
            return newest
        }
        guard let name = SetName(nameOrPath) else {
            throw BackupKitError(
                .refused,
                """
                "\(nameOrPath)" is no name of a set: they are like backup_20250916_123000; strata backups lists them
                hint: for a folder that is called so write ./\(nameOrPath).
                """)
        }
        guard try files.kind(of: location(name)) != nil else {
            throw BackupKitError(
                .refused, "there is no set \(name) in \(path): strata backups lists those that are there")
        }
        return try set(name, isToBeUsed: true)
    }

    /// Says why the newest set cannot be used, and what else there is; a set of a later format is not damaged.
    private func unusable(_ newest: UnreadableSet) throws -> BackupSet {
        do {
            return try set(newest.name)
        } catch let error as BackupKitError {
            throw BackupKitError(
                error.category,
                "the newest set cannot be used: \(error.description)\nhint: strata backups lists those before it; name one of them."
            )
        }
    }

    /// Reads a set, and says what to do where it is damaged.
    private func read(_ location: String) throws -> BackupSet {
        do {
            return try BackupSet(at: location, files: files)
        } catch let error as BackupKitError where error.category == .damaged {
            let hint = DamageHint(folder: self, damaged: location).text
            throw BackupKitError(.damaged, "\(error.description)\n\(hint)")
        }
    }

    /// Reads a set by its name, which has to be the one in its metadata as well.
    private func set(_ name: SetName, isToBeUsed: Bool = false) throws -> BackupSet {
        let set = isToBeUsed ? try read(location(name)) : try BackupSet(at: location(name), files: files)
        guard set.name == name else {
            throw BackupKitError(
                .damaged,
                """
                \(location(name)) holds another set: its metadata is that of \(set.name)
                hint: give the folder that name, or name it by its path, ./\(name) say, to take it for what it holds.
                """)
        }
        return set
    }

    func location(_ name: SetName) -> String { "\(path)/\(name)" }
    func partialLocation(_ name: SetName) -> String { "\(path)/\(name.partialFolder)" }
}

/// What is in a folder of sets.
public struct BackupFolderContents: Hashable, Sendable {
    /// The sets, the oldest first.
    public var sets: [BackupSet] = []
    /// What runs are making, or left when they were killed. The next run takes the latter away.
    public var unfinished: [SetName] = []
    /// Folders with a set's name that are none, the oldest first: no run of Strata leaves one.
    public var unreadable: [UnreadableSet] = []

    /// Makes the contents of an empty folder.
    public init() {}
}

/// A folder with the name of a set whose metadata is damaged or not there.
public struct UnreadableSet: Hashable, Sendable {
    /// The name.
    public var name: SetName
    /// What is wrong with it.
    public var reason: String

    /// Makes a description.
    public init(name: SetName, reason: String) {
        self.name = name
        self.reason = reason
    }
}

extension BackupFolder {
    /// Makes the folder, and those that lead to it, where they are not there.
    func make() throws {
        var missing: [String] = []
        var path = path
        while !path.isEmpty, try files.kind(of: path) == nil {
            missing.append(path)
            path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        }
        for folder in missing.reversed() {
            do {
                try files.makeFolder(folder)
            } catch let error as FileSystemError where error.reason == .fileExists {
                continue  // by another run, at this moment
            }
            let parent = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
            try files.sync(parent.isEmpty ? "/" : parent)
        }
        guard try files.kind(of: self.path) == .folder else {
            // A symbolic link to one is as good.
            do { _ = try files.entries(of: self.path) } catch {
                throw BackupKitError(.destination, "\(self.path) is no folder: choose another one for the backups")
            }
            return
        }
    }
}
