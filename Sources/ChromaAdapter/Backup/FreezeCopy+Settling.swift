// SPDX-License-Identifier: Apache-2.0

extension FreezeCopy {
    /// Brings what was copied beside the store into the set, and takes away what is no longer part of the store.
    func settle(_ result: Result, hot: Set<String>, staging: String?) throws {
        let own = [StoreReader.database, StoreFolder.log]
        let wanted = Set(result.files.keys).subtracting(result.unchanged).union(linked).union(own)
        for path in try StoreFolder.files(below: target).subtracting(wanted) {
            try removeFile(path)
        }
        if let staging {
            let copier = FileCopier(interruption: interruption, calls: calls) { _ in try hooks.copied?(true, false) }
            for path in try StoreFolder.files(below: staging).intersection(
                hot.union([StoreReader.database, StoreFolder.log]))
            {
                let file = try OpenFile.read("\(staging)/\(path)")
                try writing {
                    try calls.makeParents(of: path, in: target)
                    return try copier.copy(file, to: "\(target)/\(path)", replacing: true)
                }
            }
        }
        // With the log written into the file, that is all that there is; a last connection that closes removes the log.
        guard try Folders.kind(of: "\(target)/\(StoreFolder.log)") != nil else { return }
        let sqlite = try SQLiteDatabase("\(target)/\(StoreReader.database)", .readWrite, interruption: interruption)
        try sqlite.query("PRAGMA wal_checkpoint(TRUNCATE)")
        sqlite.close()
        try removeFile(StoreFolder.log)
        try removeFile("\(StoreReader.database)-shm")
    }

    private func removeFile(_ path: String) throws {
        try writing {
            try calls.removeFile("\(target)/\(path)")
            return 0
        }
    }
}

extension StoreFolder {
    /// The paths of all files below a folder of ours.
    static func files(below folder: String) throws -> Set<String> {
        var found: Set<String> = []
        func walk(_ relative: String) throws {
            let path = relative.isEmpty ? folder : "\(folder)/\(relative)"
            switch try Folders.kind(of: path) {
            case .folder:
                for name in try Folders.entries(of: path) { try walk(relative.isEmpty ? name : "\(relative)/\(name)") }
            case nil: break
            default: found.insert(relative)
            }
        }
        try walk("")
        return found
    }
}
