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
        let manual = Array(RestoreManual(name: name, stores: stores).text.utf8)
        try files.makeFile("\(partial)/\(RestoreManual.fileName)", contents: manual)
        artifacts.append(
            ArtifactRecord(
                path: RestoreManual.fileName, bytes: Int64(manual.count), sha256: Checksum(of: manual), store: nil))
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
