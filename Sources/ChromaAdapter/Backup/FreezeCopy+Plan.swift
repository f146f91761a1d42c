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

    /// How many bytes fit beside the store; none where no folder can be made, or where that is another disk.
    var room: Int64 {
        let parent = "/\(store.path.split(separator: "/").dropLast().joined(separator: "/"))"
        guard Folders.isWritable(parent), let its = try? Folders.device(of: store.path),
            its == (try? Folders.device(of: parent))
        else { return 0 }
        return Folders.freeBytes(at: parent) ?? 0
    }

    /// What need not be copied, because an earlier set has it: whole folders, so that each index is of one place.
    func unchanged(in files: [String: FileStamp]) -> Set<String> {
        func folder(_ path: String) -> Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
        let changed = Set(files.filter { known[$0.key] != $0.value }.keys.map(folder))
        return Set(
            files.keys.filter { known[$0] == files[$0] && (linked.contains($0) || !changed.contains(folder($0))) })
    }

    func bytesUnderLock(_ obtained: [String: FileStamp]) throws -> Int64 {
        let all = try store.files().files
        let unchanged = unchanged(in: all)
        let files = all.filter { !unchanged.contains($0.key) && obtained[$0.key] != $0.value }
        guard case .file(let stamp) = try Folders.kind(of: store.database) else { return 0 }
        return files.values.reduce(stamp.bytes) { $0 + $1.bytes }
    }

    func plan(_ obtained: [String: FileStamp]) throws -> HoldPlan {
        try HoldPlan.decide(
            bytes: bytesUnderLock(obtained), isSameDevice: isSameDevice, room: room, limit: budget.rest.inSeconds,
            rate: measuredRate)
    }

    /// The end of a file that is copied as a probe.
    private struct Enough: Error {}

    /// How many bytes a second the set takes: the beginning of SQLite's file, written until it is on the disk.
    private func measuredRate() throws -> Double {
        let probe = "\(target)/.probe"
        defer { try? calls.removeFile(probe) }
        let begin = ContinuousClock.now
        let file = try OpenFile.read(store.database)
        let count = ByteCount()
        let copier = FileCopier(interruption: interruption, calls: calls) { bytes in
            try hooks.copied?(true, false)
            count.bytes += bytes
            if count.bytes >= HoldPlan.small { throw Enough() }
        }
        do { try writing { try copier.copy(file, to: probe, replacing: true) } } catch is Enough {}
        try writing {
            try calls.sync(probe)
            return count.bytes
        }
        return Double(count.bytes) / max((ContinuousClock.now - begin).inSeconds, 1e-6)
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
