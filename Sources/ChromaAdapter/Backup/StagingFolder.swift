// SPDX-License-Identifier: Apache-2.0

/// A hidden folder beside a store, for a moment.
///
/// Its owner holds a lock on a file in it that ends with the process: so the next run knows which ones were left behind.
final class StagingFolder {
    let path: String
    private let lock: OpenFile

    private static let lockFile = ".lock"

    private static func prefix(_ store: StoreFolder) -> (parent: String, name: String) {
        let parts = store.path.split(separator: "/")
        return ("/\(parts.dropLast().joined(separator: "/"))", ".\(parts.last ?? "chroma").strata-copy-")
    }

    init(beside store: StoreFolder) throws {
        let (parent, name) = Self.prefix(store)
        path = "\(parent)/\(name)\(UInt64.random(in: 0...UInt64.max))"
        try Folders.make(path)
        lock = try OpenFile.lockFile("\(path)/\(Self.lockFile)")
        _ = lock.takeLock()
    }

    deinit { remove() }

    func remove() { try? Folders.removeTree(path) }

    /// Removes what killed runs left behind.
    ///
    /// - Returns: The folders that were removed, and those that could not be.
    static func removeLeftovers(beside store: StoreFolder) -> (removed: [String], kept: [String]) {
        let (parent, name) = prefix(store)
        var result: (removed: [String], kept: [String]) = ([], [])
        for entry in (try? Folders.entries(of: parent)) ?? [] where entry.hasPrefix(name) {
            let folder = "\(parent)/\(entry)"
            guard let lock = try? OpenFile.lockFile("\(folder)/\(lockFile)") else {
                result.kept.append(folder)
                continue
            }
            guard lock.takeLock() else { continue }
            do {
                try Folders.removeTree(folder)
                result.removed.append(folder)
            } catch {
                result.kept.append(folder)
            }
        }
        return result
    }
}
