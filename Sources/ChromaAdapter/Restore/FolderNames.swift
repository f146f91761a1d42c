// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What the folders of a restore are called.
struct FolderNames: Hashable, Sendable {
    /// The folder of the store, an absolute path.
    let store: String
    /// What is being restored, what was there before, and what a restore that was undone had brought.
    let replacement: String
    let before: String
    let undone: String

    init(_ path: String, set: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        store = path
        replacement = "\(path)_restoring_\(set)"
        before = "\(path)_before_\(set)"
        undone = "\(path)_undone_\(set)"
    }

    /// The folder that all of them are in.
    var parent: String {
        let parts = store.split(separator: "/").dropLast()
        return "/\(parts.joined(separator: "/"))"
    }

    /// The first name that nothing has: the name itself, or with a number, `.1`, `.2` and so on. Nothing that is kept is overwritten.
    static func free(_ name: String) throws(FileError) -> String {
        guard try Folders.kind(of: name) != nil else { return name }
        var number = 1
        while try Folders.kind(of: "\(name).\(number)") != nil { number += 1 }
        return "\(name).\(number)"
    }

    /// What is kept under a name with a number, the lowest first.
    func numbered(_ name: String) -> [String] {
        let entries = (try? Folders.entries(of: parent)) ?? []
        let prefix = "\(name)."
        let kept = entries.compactMap { entry -> (path: String, number: Int)? in
            let path = parent == "/" ? "/\(entry)" : "\(parent)/\(entry)"
            guard path.hasPrefix(prefix), let number = Int(path.dropFirst(prefix.count)) else { return nil }
            return (path, number)
        }
        return kept.sorted { $0.number < $1.number }.map(\.path)
    }

    /// Puts another folder into the store's place.
    ///
    /// - Parameter aside: What the store is called then; `nil`: it is not there.
    func exchange(_ aside: String?, with other: String) throws {
        if let aside { try Folders.rename(store, to: aside) }
        do {
            try Folders.rename(other, to: store)
        } catch {
            guard let aside else { throw error }
            do { try Folders.rename(aside, to: store) } catch let second {
                throw ChromaBackupError(
                    .store,
                    "\(error); and \(second). The store is \(aside) now: rename it to \(store).")
            }
            throw error
        }
        try Folders.sync(parent)
    }

    /// Takes an exchange with the replacement back: the replacement has its own name again.
    ///
    /// - Parameter aside: What the store that was there is called; `nil`: there was none.
    func takeBack(_ aside: String?) throws {
        if let aside { return try exchange(replacement, with: aside) }
        try Folders.rename(store, to: replacement)
        try Folders.sync(parent)
    }
}
