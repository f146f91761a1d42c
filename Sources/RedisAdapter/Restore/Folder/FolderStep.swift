// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One step of putting files in the place of others. After each of them, a server that is started finds all of one state.
enum FolderStep: Hashable, Sendable {
    /// A file gets a second name.
    case keep(String, as: String)
    case move(String, to: String)
    case makeFolder(String, like: String)
    case sync(String)
    /// A small file comes to be, whole and on disk.
    case write(String, to: String, folder: String)
    /// What is there once more elsewhere, or is of no use.
    case remove(String)

    func perform() throws(RedisBackupError) {
        switch self {
        case .keep(let path, let other): try FolderFiles.keep(path, as: other)
        case .move(let path, let other): try FolderFiles.move(path, to: other)
        case .makeFolder(let path, let model):
            try FolderFiles.make(path)
            FolderFiles.adopt(path, like: model)
        case .sync(let folder): try FolderFiles.syncing(folder)
        case .write(let text, let path, let folder):
            let sink = try FileSink("\(path).partial")
            try sink.append(Array(text.utf8))
            try sink.finish()
            try FolderFiles.move("\(path).partial", to: path)
            try FolderFiles.syncing(folder)
        case .remove(let path): FolderFiles.remove(path)
        }
    }
}

/// The names under which a restore keeps what was there.
struct KeptNames: Hashable, Sendable {
    let folder: String
    let set: String
    /// The three that a server may have: RDB file, append-only file, append-only folder.
    let pieces: [String]

    init(_ folder: String, _ set: String, _ names: RedisFolderRestoreTarget.Options) {
        self.folder = folder
        self.set = set
        pieces = [names.databaseFile, names.appendOnlyFile, names.appendOnlyFolder]
    }

    func now(_ piece: String) -> String { "\(folder)/\(piece)" }
    func before(_ piece: String) -> String { "\(folder)/\(piece)_before_\(set)" }
    func undone(_ piece: String) -> String { "\(folder)/\(piece)_undone_\(set)" }
    /// Says which pieces there were, from the moment on at which all of them are kept until they are brought back, and whether all is done.
    var record: String { "\(folder)/.redis_before_\(set)" }
    /// Stands in the record when the restore is done; no file can have this name.
    static let done = "/done"

    /// Which pieces there were; `nil` when nothing was replaced, or that was undone.
    var recordedPieces: [String]? { recordedLines?.filter { $0 != Self.done } }

    /// Whether a restore or an undo was begun here and did not come to its end.
    var isCutOff: Bool { recordedLines?.contains(Self.done) == false }

    private var recordedLines: [String]? {
        FolderFiles.beginning(of: record).map {
            String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    /// Notes which pieces there were.
    func note(_ pieces: [String], isDone: Bool) -> FolderStep {
        .write((pieces + (isDone ? [Self.done] : [])).map { "\($0)\n" }.joined(), to: record, folder: folder)
    }

    var staging: String { "\(folder)/.restore_\(set).partial" }

    /// Gives what has such a name already a number.
    func clear(_ name: (String) -> String) -> [FolderStep] {
        let taken = pieces.map(name).filter { FolderFiles.isThere($0) }
        guard !taken.isEmpty else { return [] }
        var number = 1
        while taken.contains(where: { FolderFiles.isThere("\($0).\(number)") }) { number += 1 }
        return taken.map { .move($0, to: "\($0).\(number)") }
    }
}
