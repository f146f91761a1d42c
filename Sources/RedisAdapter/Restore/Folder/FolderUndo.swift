// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Brings back what a folder had before a set was restored into it. Can be repeated when it was cut off.
struct FolderUndo: Sendable {
    let target: RedisFolderRestoreTarget
    let set: String

    private var names: KeptNames { KeptNames(target.folder, set, target.options) }

    func perform() throws(RedisBackupError) -> [String] {
        let steps = try steps()
        for step in steps { try step.perform() }
        return [
            "\(target.folder) has what it had before \(set) was restored",
            "what was there until now is kept beside it, as <name>_undone_\(set)",
        ]
    }

    /// Whether there is something to bring back.
    var isPossible: Bool { names.recordedPieces != nil }

    /// Why there is not.
    var nothing: String {
        "there is no \(names.record): \(set) did not replace anything in \(target.folder), or that was undone already"
    }

    func steps() throws(RedisBackupError) -> [FolderStep] {
        let names = names
        guard let pieces = names.recordedPieces else { throw RedisBackupError(.refused, nothing) }
        // From here on, whoever comes next has to go on with this first.
        var steps = names.isCutOff ? [] : [names.note(pieces, isDone: false)]
        steps += names.clear(names.undone)
        // What came with the restore, or since.
        let added = names.pieces.filter { !pieces.contains($0) && FolderFiles.isThere(names.now($0)) }
        steps += added.map { .move(names.now($0), to: names.undone($0)) }
        if !added.isEmpty { steps.append(.sync(names.folder)) }
        for piece in pieces {
            let (now, before) = (names.now(piece), names.before(piece))
            // An undo that was cut off has brought it back already.
            guard FolderFiles.isThere(before) else { continue }
            if !FolderFiles.isThere(now) {
                steps += [.move(before, to: now), .sync(names.folder)]
            } else if FolderFiles.isFolder(before) {
                steps += try bringBackFolder(now, before, names.undone(piece))
            } else {
                steps += [
                    .keep(now, as: names.undone(piece)), .sync(names.folder), .move(before, to: now),
                    .sync(names.folder),
                ]
            }
        }
        return steps + [.remove(names.record), .sync(names.folder)]
    }

    private func bringBackFolder(
        _ now: String, _ before: String, _ undone: String
    ) throws(RedisBackupError) -> [FolderStep] {
        let manifest = "\(target.options.appendOnlyFile).manifest"
        let old = try FolderFiles.names(in: before)
        var steps: [FolderStep] = [.makeFolder(undone, like: now)]
        steps += (try FolderFiles.names(in: now)).map { .keep("\(now)/\($0)", as: "\(undone)/\($0)") }
        steps += [.sync(undone), .sync(names.folder)]
        for name in old where name != manifest {
            let (path, other) = ("\(before)/\(name)", "\(now)/\(name)")
            // The same file under both names cannot be renamed to itself.
            let isSame = FolderFiles.identity(path) == FolderFiles.identity(other)
            steps.append(isSame ? .remove(path) : .move(path, to: other))
        }
        steps.append(.sync(now))
        if old.contains(manifest) {
            steps.append(.move("\(before)/\(manifest)", to: "\(now)/\(manifest)"))
            let current = Self.files("\(now)/\(manifest)").subtracting(Self.files("\(before)/\(manifest)"))
            steps += [.sync(now)] + current.sorted().map { .remove("\(now)/\($0)") }
        }
        return steps + [.sync(now), .remove(before), .sync(names.folder)]
    }

    /// The files that a manifest names: `file NAME seq 1 type b`.
    private static func files(_ manifest: String) -> Set<String> {
        let text = FolderFiles.beginning(of: manifest).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Set(
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 1 && words[0] == "file" ? String(words[1]) : nil
            })
    }
}
