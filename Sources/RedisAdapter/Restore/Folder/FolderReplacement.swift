// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// How what was built in ``KeptNames/staging`` comes into the place of what a folder has.
struct FolderReplacement: Sendable {
    let data: DataFolder
    let names: KeptNames
    /// How the append-only file is restored.
    let appendOnly: DataFolder.AppendOnly
    let sequence: Int

    /// The names of what a folder's append-only file is made of.
    var base: String { "\(data.names.appendOnlyFile).\(sequence).base.rdb" }
    var increment: String { "\(data.names.appendOnlyFile).\(sequence).incr.aof" }
    /// The server goes on in an increment of its own: one that is there from before would be continued.
    var manifest: String { "file \(base) seq \(sequence) type b\nfile \(increment) seq \(sequence) type i\n" }

    /// What there is, by its names.
    private var existing: [String] {
        var pieces = data.hasDump ? [data.names.databaseFile] : []
        switch data.appendOnly {
        case .none: break
        case .file: pieces.append(data.names.appendOnlyFile)
        case .folder: pieces.append(data.names.appendOnlyFolder)
        }
        return pieces
    }

    func steps() throws(RedisBackupError) -> [FolderStep] {
        let folder = data.path
        var steps: [FolderStep] = []
        if !existing.isEmpty {
            if FolderFiles.isThere(names.record) { steps += [.remove(names.record), .sync(folder)] }
            steps += names.clear(names.before)
            for piece in existing { steps += try keep(piece) }
            steps += [.sync(folder), names.note(existing, isDone: false)]
        }
        steps += try switchAppendOnly()
        steps += [
            .move("\(names.staging)/\(data.names.databaseFile)", to: data.dump), .sync(folder), .remove(names.staging),
        ]
        return existing.isEmpty ? steps : steps + [names.note(existing, isDone: true)]
    }

    private func keep(_ piece: String) throws(RedisBackupError) -> [FolderStep] {
        let (now, before) = (names.now(piece), names.before(piece))
        guard FolderFiles.isFolder(now) else { return [.keep(now, as: before)] }
        return [.makeFolder(before, like: now)]
            + (try FolderFiles.names(in: now)).map { .keep("\(now)/\($0)", as: "\(before)/\($0)") } + [.sync(before)]
    }

    private func switchAppendOnly() throws(RedisBackupError) -> [FolderStep] {
        let staged = "\(names.staging)/\(data.names.appendOnlyFolder)"
        switch appendOnly {
        case .none: return []
        case .file:
            return [.move("\(names.staging)/\(data.names.appendOnlyFile)", to: data.file), .sync(data.path)]
        case .folder where data.appendOnly == .folder:
            // The manifest decides which files count, and changes at one instant.
            let old = (try FolderFiles.names(in: data.folder)).filter { $0 != data.manifest }
            return [
                .move("\(staged)/\(base)", to: "\(data.folder)/\(base)"),
                .move("\(staged)/\(increment)", to: "\(data.folder)/\(increment)"), .sync(data.folder),
                .move("\(staged)/\(data.manifest)", to: "\(data.folder)/\(data.manifest)"), .sync(data.folder),
            ] + old.map { .remove("\(data.folder)/\($0)") } + [.sync(data.folder)]
        case .folder: return [.move(staged, to: data.folder), .sync(data.path)]
        }
    }
}
