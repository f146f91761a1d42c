// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A folder of ChromaDB that is there and can be locked, as far as a look tells.
struct StoreFolder: Hashable, Sendable {
    /// Its path without links.
    let path: String

    var database: String { "\(path)/\(StoreReader.database)" }

    /// - Throws: ``ChromaBackupError`` that says what to do.
    init(_ configuration: ChromaConfiguration) throws {
        guard let given = configuration.path else {
            throw ChromaBackupError(
                .configuration,
                """
                CHROMA_HOST names the ChromaDB server \(configuration.address), but a backup needs its folder: ChromaDB has no way to read \
                everything at one instant over the network. Run this on the server's machine, and set CHROMA_PATH to the folder that it was \
                started with (chroma run --path).
                """)
        }
        guard let path = Folders.resolved(given), try Folders.kind(of: path) == .folder else {
            let isThere = Folders.resolved(given) != nil
            throw ChromaBackupError(
                .unavailable,
                """
                \(given) \(isThere ? "is not a folder" : "cannot be found"). CHROMA_PATH has to be the folder that ChromaDB was started with \
                (chroma run --path), on this machine, and readable for this account.
                """)
        }
        self.path = path
        let database = "\(path)/\(StoreReader.database)"
        do {
            _ = try Folders.entries(of: path)
            guard case .file = try Folders.kind(of: database) else {
                throw ChromaBackupError(
                    .unavailable,
                    """
                    \(given) has no \(StoreReader.database), so no ChromaDB has ever written there. CHROMA_PATH has to be the folder that \
                    ChromaDB was started with (chroma run --path).
                    """)
            }
        } catch let error as FileError where error.isPermission {
            throw Self.forbidden(given)
        }
        if case .network(let name) = FileSystemKind.of(path) {
            throw ChromaBackupError(
                .unavailable,
                """
                \(given) is on a file system of another machine (\(name)), where a lock of this one may not hold back ChromaDB. Run this on \
                the machine that has the disk.
                """)
        }
    }

    static func forbidden(_ path: String) -> ChromaBackupError {
        ChromaBackupError(
            .unavailable,
            """
            \(path) cannot be locked: this account may not write to \(StoreReader.database), or the file system is read-only. Nothing is \
            written, but the lock that holds ChromaDB's writers back needs that right. Run this as the account of ChromaDB's server, or as root.
            """)
    }

    /// The regular files below the folder, except those that SQLite keeps beside its own; paths are relative.
    ///
    /// A folder that vanishes meanwhile has no files.
    func files() throws -> (files: [String: FileStamp], others: [String]) {
        var found: [String: FileStamp] = [:]
        var others: [String] = []
        func walk(_ folder: String) throws {
            let whole = folder.isEmpty ? path : "\(path)/\(folder)"
            let listed = Result<[String], any Error> { try Folders.entries(of: whole) }
            if !folder.isEmpty, case .failure(let error as FileError) = listed, error.isMissing { return }
            for name in try listed.get() {
                let relative = folder.isEmpty ? name : "\(folder)/\(name)"
                if relative == StoreReader.database || Self.companions.contains(relative) { continue }
                switch try Folders.kind(of: "\(path)/\(relative)") {
                case .file(let stamp): found[relative] = stamp
                case .folder: try walk(relative)
                case .other: others.append(relative)
                case nil: break
                }
            }
        }
        try walk("")
        return (found, others)
    }

    /// What SQLite makes and removes beside its file. Only the log of `journal_mode=WAL` holds anything that a copy needs.
    static let log = "\(StoreReader.database)-wal"
    private static let companions: Set<String> = [
        log, "\(StoreReader.database)-shm", "\(StoreReader.database)-journal",
    ]
}
