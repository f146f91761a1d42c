// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension FreezeCopy {
    var isSameDevice: Bool {
        if let said = hooks.isSameDevice { return said }
        guard let mine = try? Folders.device(of: target), let its = try? Folders.device(of: store.path) else {
            return false
        }
        return mine == its
    }

    var room: Int64 {
        let parent = store.path.split(separator: "/").dropLast().joined(separator: "/")
        return Folders.freeBytes(at: "/\(parent)") ?? 0
    }

    func bytesUnderLock(_ obtained: [String: FileStamp]) throws -> Int64 {
        let files = try store.files().files.filter { known[$0.key] != $0.value && obtained[$0.key] != $0.value }
        guard case .file(let stamp) = try Folders.kind(of: store.database) else { return 0 }
        return files.values.reduce(stamp.bytes) { $0 + $1.bytes }
    }

    func plan(_ obtained: [String: FileStamp]) throws -> HoldPlan {
        let limit = options.longestHold
        let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
        return try HoldPlan.decide(
            bytes: bytesUnderLock(obtained), isSameDevice: isSameDevice, room: room, limit: seconds, rate: measuredRate)
    }

    /// The end of a file that is copied as a probe.
    private struct Enough: Error {}

    /// How many bytes a second the set takes: the beginning of SQLite's file, written until it is on the disk.
    private func measuredRate() throws -> Double {
        let probe = "\(target)/.probe"
        defer { try? Folders.removeFile(probe) }
        let begin = ContinuousClock.now
        let file = try OpenFile.read(store.database)
        let count = ByteCount()
        let copier = FileCopier(interruption: interruption) { bytes in
            try hooks.copied?(true, false)
            count.bytes += bytes
            if count.bytes >= HoldPlan.small { throw Enough() }
        }
        do { try writing { try copier.copy(file, to: probe, replacing: true) } } catch is Enough {}
        try Folders.sync(probe)
        let took = ContinuousClock.now - begin
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        return Double(count.bytes) / max(seconds, 1e-6)
    }

    func tooLong(_ seconds: Double?) -> ChromaBackupError {
        let estimate = seconds.map { " (about \(Int($0.rounded(.up))) s)" } ?? ""
        return ChromaBackupError(
            .store,
            """
            copying \(store.path) would hold ChromaDB's writers for longer than \(options.longestHold)\(estimate). Allow more, make the backup \
            folder faster, or make room beside the store, where the copy is made first then.
            """)
    }
}
