// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension BackupRunner {
    /// Writes what a set says of itself, and gives it its name.
    func publish(_ name: SetName, started: CalendarTime, stores: [SavedStore]) throws -> BackupSet {
        let files = folder.files
        let partial = folder.partialLocation(name)
        var artifacts = stores.flatMap { saved in
            (saved.artifacts ?? []).map {
                ArtifactRecord(path: $0.path, bytes: $0.bytes, sha256: $0.checksum, store: saved.store)
            }
        }
        artifacts.append(try write(RestoreManual(name: name, stores: stores).text, RestoreManual.fileName, in: partial))
        artifacts.append(try write(ChecksumList(artifacts: artifacts).text, ChecksumList.fileName, in: partial))
        let metadata = BackupMetadata(
            name: name, startedAt: started.description, finishedAt: options.now().description,
            strataVersion: options.strataVersion, stores: records(stores), artifacts: artifacts)
        try requireNothingElse(in: partial, than: artifacts)
        // What the metadata speaks of is on the disk before it is.
        try files.sync(partial)
        let document = try metadata.encoded()
        let location = folder.location(name)
        let set = BackupSet(
            name: name, folder: location,
            metadata: try .decoded(document, path: "\(location)/\(BackupMetadata.fileName)"))
        try files.makeFile("\(partial)/\(BackupMetadata.fileName)", contents: document)
        try files.sync(partial)
        try files.move(partial, to: location)
        do {
            try files.sync(folder.path)
        } catch {
            // Its name may not survive a loss of power: then it had better be gone at once.
            try? files.move(location, to: partial)
            throw error
        }
        do {
            try note(metadata.status == .complete ? .complete : .partial, started, set: name, error: nil)
        } catch {
            observe(
                .notice("the set is safe, but what the run came to could not be noted, so nothing is pruned: \(error)"))
        }
        return set
    }

    /// What a store that failed left behind, and could not be taken away, would be damage to the set.
    private func requireNothingElse(in partial: String, than artifacts: [ArtifactRecord]) throws {
        let tree = try FolderTree(of: partial, folder.files)
        let expected = Set(artifacts.map { Array($0.path.utf8) })
        let strangers = tree.others + tree.files.filter { !expected.contains(Array($0.utf8)) }
        let folders = Set(artifacts.flatMap { ArtifactPath.parents(of: $0.path) })
        let strangeFolders = tree.folders.filter { !folders.contains($0) }
        guard let first = (strangers + strangeFolders).first else { return }
        throw BackupKitError(
            .destination,
            "\(partial)/\(first) is in the folder of the set and was not meant to be: a store that failed left it, or another program"
        )
    }

    /// Writes a file of the set itself.
    private func write(_ text: String, _ name: String, in partial: String) throws -> ArtifactRecord {
        let bytes = Array(text.utf8)
        try folder.files.makeFile("\(partial)/\(name)", contents: bytes)
        return ArtifactRecord(path: name, bytes: Int64(bytes.count), sha256: Checksum(of: bytes), store: nil)
    }

    private func records(_ stores: [SavedStore]) -> [StoreName: StoreRecord] {
        var records = options.skipped.mapValues { StoreRecord(status: .skipped, reason: $0) }
        for saved in stores {
            let (seconds, attoseconds) = saved.duration.components
            // To the millisecond.
            let duration = Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1000
            records[saved.store] = StoreRecord(
                status: saved.artifacts == nil ? .failed : .saved, address: saved.address, seconds: duration,
                reason: saved.failure.map { "\($0)" }, snapshot: saved.snapshot)
        }
        return records
    }
}
