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
        // What the metadata speaks of is on the disk before it is.
        try files.sync(partial)
        try files.makeFile("\(partial)/\(BackupMetadata.fileName)", contents: try metadata.encoded())
        try files.sync(partial)
        try files.move(partial, to: folder.location(name))
        try files.sync(folder.path)
        try note(metadata.status == .complete ? .complete : .partial, started, set: name, error: nil)
        return try BackupSet(at: folder.location(name), files: files)
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
