// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The folder that a restore builds.
///
/// Its owner holds a lock on it that ends with the process: so the next one knows that it was left behind.
final class ReplacementFolder: Sendable {
    let path: String
    private let lock: OpenFile

    /// Makes it. What a killed restore left there is removed.
    init(_ path: String) throws {
        if try Self.isLeftBehind(path) { try Folders.removeTree(path) }
        try Folders.make(path)
        lock = try OpenFile.read(path)
        guard lock.takeLock() else { throw Self.isBeingMade(path) }
        self.path = path
    }

    /// Whether a killed restore left it there.
    ///
    /// - Throws: When somebody is making it.
    static func isLeftBehind(_ path: String) throws -> Bool {
        guard let kind = try Folders.kind(of: path) else { return false }
        guard kind == .folder else {
            throw ChromaBackupError(.refused, "there is \(path) already, and it is no folder; remove it.")
        }
        guard try OpenFile.read(path).takeLock() else { throw isBeingMade(path) }
        return true
    }

    func remove() { try? Folders.removeTree(path) }

    private static func isBeingMade(_ path: String) -> ChromaBackupError {
        ChromaBackupError(.refused, "another restore is making \(path) just now: wait for its end.")
    }
}
