// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// The restore of one set into one folder that no server uses.
final class FolderRestore: RestoreSession {
    private struct State {
        var replacement: FolderReplacement?
        var hasMadeFolder = false
        var isSwapped = false
        var hasUndone = false
    }

    private let target: RedisFolderRestoreTarget
    private let dump: StoredDump
    /// What the folder had when it was looked at; `nil` when there was none.
    private let data: DataFolder?
    private let names: KeptNames
    private let state = Mutex(State())

    init(_ target: RedisFolderRestoreTarget, _ dump: StoredDump, _ data: DataFolder?) {
        self.target = target
        self.dump = dump
        self.data = data
        names = KeptNames(target.folder, dump.part.set, target.options)
    }

    private var appendOnly: DataFolder.AppendOnly { Self.form(data, dump, target.options) }

    /// An append-only file keeps its form. Where there is none, one is made beside the RDB file, in the form of the server that the set is for:
    /// it does not matter then whether the server is to have one. Without it, a server that is would start empty.
    static func form(
        _ data: DataFolder?, _ dump: StoredDump, _ options: RedisFolderRestoreTarget.Options
    ) -> DataFolder.AppendOnly {
        if let data, data.appendOnly != .none { return data.appendOnly }
        guard options.appendOnly != false else { return .none }
        if dump.details.rdbVersion >= 10 { return .folder }
        return dump.details.rdbVersion >= 8 ? .file : .none
    }

    var steps: [String] {
        let options = target.options
        var steps = data == nil ? ["make the folder \(target.folder)"] : []
        steps.append("copy \(RedisDetails.dump) into \(target.folder), reading it from its first to its last byte")
        if data?.hasDump == true {
            steps.append("keep \(options.databaseFile) as \(options.databaseFile)_before_\(dump.part.set)")
        }
        let name = appendOnly == .folder ? options.appendOnlyFolder : options.appendOnlyFile
        if data.map({ $0.appendOnly != .none }) == true {
            steps.append("keep \(name) as \(name)_before_\(dump.part.set)")
        }
        if appendOnly != .none {
            steps.append("make the append-only file \(name) of it, which a server with appendonly yes reads")
        }
        return steps + ["put it in place as \(options.databaseFile)"]
    }

    var notices: [String] {
        var notices: [String] = []
        if appendOnly == .none, target.options.appendOnly == nil {
            notices.append(
                "Redis before 4.0 cannot read an RDB file as its append-only file: start the server with appendonly no, else it starts empty"
            )
        }
        if names.isCutOff {
            notices.append("a restore of \(dump.part.set) into \(target.folder) was cut off: it is undone first")
        }
        if let last = dump.details.databases?.map(\.number).max(), last > 15 {
            notices.append(
                "there are keys in database \(last): the server needs databases \(last + 1) or more to start")
        }
        if data == nil {
            notices.append(
                "\(target.folder) is made for the user who runs this: a server of another user has to be given it (chown)"
            )
        }
        #if !os(Linux)
        if target.server == nil {
            notices.append(
                "whether a server uses \(target.folder) cannot be found out on this system: see to it that none does")
        }
        #endif
        if dump.details.hasUsers {
            notices.append(
                "users are not restored with the data: \(RedisDetails.users) of the set holds them (aclfile)")
        }
        return notices
    }

    func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        do {
            if data == nil {
                try FolderFiles.make(target.folder)
                state.withLock { $0.hasMadeFolder = true }
            }
            let data = try self.data ?? DataFolder(target.folder, target.options)
            let replacement = FolderReplacement(
                data: data, names: names, appendOnly: appendOnly, sequence: try data.freeSequence())
            FolderFiles.remove(names.staging)
            try FolderFiles.make(names.staging)
            let staged = "\(names.staging)/\(target.options.databaseFile)"
            let sink = try FileSink(staged)
            let problems = try await dump.examine(copyingTo: sink, observe: observe).problems
            guard problems.isEmpty else {
                throw RedisBackupError(.damaged, "nothing was changed: \(problems.joined(separator: "; "))")
            }
            try sink.finish()
            FolderFiles.adopt(staged, like: target.folder)
            try await stageAppendOnly(replacement, staged, observe)
            try FolderFiles.syncing(names.staging)
            state.withLock { $0.replacement = replacement }
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    private func stageAppendOnly(
        _ replacement: FolderReplacement, _ staged: String, _ observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        switch replacement.appendOnly {
        case .none: return
        case .file:
            // Not a second name: the server appends to it, and the RDB file is to stay as it is.
            let path = "\(names.staging)/\(target.options.appendOnlyFile)"
            let sink = try FileSink(path)
            _ = try await RDBFile(staged, name: staged).walk(copyingTo: sink, observe: observe)
            try sink.finish()
            FolderFiles.adopt(path, like: target.folder)
        case .folder:
            let folder = "\(names.staging)/\(target.options.appendOnlyFolder)"
            try FolderFiles.make(folder)
            FolderFiles.adopt(folder, like: target.folder)
            try FolderFiles.keep(staged, as: "\(folder)/\(replacement.base)")
            for (name, text) in [
                (replacement.increment, ""), (replacement.data.manifest, replacement.manifest),
            ] {
                let sink = try FileSink("\(folder)/\(name)")
                try sink.append(Array(text.utf8))
                try sink.finish()
                FolderFiles.adopt("\(folder)/\(name)", like: target.folder)
            }
            try FolderFiles.syncing(folder)
        }
    }

    /// What the swap does, one after the other.
    func plan() async throws -> [FolderStep] {
        guard let replacement = state.withLock(\.replacement) else {
            throw RedisBackupError(.refused, "the restore of \(dump.part.set) was not prepared")
        }
        try await FolderUse(folder: target.folder, server: target.server).check()
        let data = try DataFolder(target.folder, target.options)
        guard data == replacement.data, try data.freeSequence() == replacement.sequence else {
            throw RedisBackupError(
                .refused,
                "\(target.folder) has changed since the restore was prepared, so nothing was replaced: try again")
        }
        guard names.isCutOff else { return try replacement.steps() }
        // What is to be kept is what there was before the restore that was cut off, not what that has left.
        _ = try FolderUndo(target: target, set: dump.part.set).perform()
        state.withLock { $0.hasUndone = true }
        let before = try DataFolder(target.folder, target.options)
        let form = Self.form(before, dump, target.options)
        guard form == replacement.appendOnly, try before.freeSequence() <= replacement.sequence else {
            throw RedisBackupError(
                .refused, "a restore of \(dump.part.set) that was cut off was undone; nothing else was done: try again")
        }
        return try FolderReplacement(
            data: before, names: names, appendOnly: form, sequence: replacement.sequence
        ).steps()
    }

    func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        do {
            let plan = try await plan()
            do {
                for step in plan { try step.perform() }
            } catch {
                guard FolderFiles.isThere(names.record) else { throw error }
                throw RedisBackupError(
                    error.category, "\(error.message). Run restore --undo \(dump.part.set): all that was there is kept")
            }
            state.withLock { $0.isSwapped = true }
        } catch {
            throw RedisBackupError.wrapping(error)
        }
        var done = ["\(target.folder) has the data of \(dump.part.set): start the server"]
        if state.withLock(\.hasUndone) { done.append("a restore of it that was cut off was undone first") }
        guard let data, !data.isEmpty else { return done }
        done.append("what was there before is kept beside it, as <name>_before_\(dump.part.set)")
        return done + ["restore --undo \(dump.part.set) brings it back, when the server is stopped"]
    }

    /// Where there was nothing before, nothing was kept that an undo could bring back.
    func revert() async throws -> Bool {
        let isAllNew = (data?.isEmpty ?? true) && state.withLock { $0.isSwapped && !$0.hasUndone }
        guard isAllNew else { return false }
        do {
            try await FolderUse(folder: target.folder, server: target.server).check()
            FolderFiles.remove(names.staging)
            try FolderFiles.make(names.staging)
            // Each goes at one instant.
            for piece in names.pieces where FolderFiles.isThere(names.now(piece)) {
                try FolderFiles.move(names.now(piece), to: "\(names.staging)/\(piece)")
                try FolderFiles.syncing(target.folder)
            }
        } catch {
            throw RedisBackupError.wrapping(error)
        }
        state.withLock { $0.isSwapped = false }
        return true
    }

    func discard() async {
        FolderFiles.remove(names.staging)
        let isLeft = state.withLock { $0.hasMadeFolder && !$0.isSwapped }
        // Only an empty one goes.
        if isLeft { FolderFiles.removeEmpty(target.folder) }
    }
}
