// SPDX-License-Identifier: Apache-2.0

package import BackupKit
internal import Synchronization

#if canImport(System)
internal import System
#else
internal import SystemPackage
#endif

/// The machine's file system, one of whose calls goes wrong.
///
/// It also plays a loss of power: what was not synced then is not there any more. Files lose what was written since their last sync, and
/// folders the names that they got since.
package final class FaultyFiles: BackupFileSystem {
    package enum Fault: CaseIterable, Sendable {
        case noSpace, inputOutput
        /// Half of the bytes are written, and the next call has no space.
        case shortWrite
        /// The process is killed: nothing happens any more.
        case kill
        /// The machine loses its power, and what was not synced.
        case powerLoss
    }

    private struct State {
        var calls = 0
        var targetCalls: [Int] = []
        var isDead = false
        var isFull = false
        /// Bytes of each file that are safe.
        var safeBytes: [String: Int64] = [:]
        /// What takes back names that are not safe yet, by the folder that has to be synced.
        var undo: [(folder: String, action: @Sendable () -> Void)] = []
    }

    private let system = SystemFiles()
    private let state = Mutex(State())
    private let fault: (call: Int, kind: Fault)?

    package init(_ fault: (call: Int, kind: Fault)? = nil) {
        self.fault = fault
    }

    /// Whether the call came that was to go wrong.
    package var wasHit: Bool { fault.map { calls >= $0.call } ?? false }

    /// How many calls there were.
    package var calls: Int { state.withLock(\.calls) }

    /// Counts a call that can go wrong.
    ///
    /// - Returns: Whether all is fine; false: half of the bytes are to be written.
    private func pass(_ operation: String, _ path: String, isWrite: Bool = false) throws -> Bool {
        enum Outcome { case fine, short, fails(Errno), powerLoss }
        let outcome = state.withLock { state -> Outcome in
            if state.isDead { return .fails(.ioError) }
            if state.isFull, isWrite { return .fails(.noSpace) }
            state.calls += 1
            guard let fault, fault.call == state.calls else { return .fine }
            switch fault.kind {
            case .noSpace: return .fails(.noSpace)
            case .inputOutput: return .fails(.ioError)
            case .shortWrite:
                state.isFull = true
                return isWrite ? .short : .fine
            case .kill:
                state.isDead = true
                return .fails(.ioError)
            case .powerLoss:
                state.isDead = true
                return .powerLoss
            }
        }
        switch outcome {
        case .fine: return true
        case .short: return false
        case .fails(let reason): throw FileSystemError(operation, path, reason)
        case .powerLoss:
            loseWhatIsNotSafe()
            throw FileSystemError(operation, path, .ioError)
        }
    }

    /// Counts a call of a target that writes into a folder of the set by itself.
    ///
    /// - Returns: How many of the bytes it is to write.
    /// - Throws: The system's number of what went wrong.
    package func passTarget(_ operation: String, _ path: String, bytes: Int? = nil) throws(Reason) -> Int {
        let bytes = bytes ?? 0
        do {
            let isFine = try pass(operation, path, isWrite: bytes > 0)
            state.withLock { $0.targetCalls.append($0.calls) }
            return isFine ? bytes : (bytes + 1) / 2
        } catch {
            throw Reason(number: (error as? FileSystemError)?.reason.rawValue ?? 5)
        }
    }

    /// The system's number of what went wrong.
    package struct Reason: Error {
        package let number: Int32
    }

    /// Notes that a target has made a file or a folder: it is not safe yet.
    package func targetMade(_ path: String, isFile: Bool) {
        if isFile { state.withLock { $0.safeBytes[path] = 0 } }
        remember(path) { try? SystemFiles().removeEverything(path) }
    }

    /// The numbers of the calls that a target made by itself.
    package var targetCalls: [Int] { state.withLock(\.targetCalls) }

    private func loseWhatIsNotSafe() {
        let (safeBytes, undo) = state.withLock { ($0.safeBytes, $0.undo) }
        for (path, bytes) in safeBytes {
            if let file = try? FileDescriptor.open(FilePath(path), .writeOnly) {
                try? file.resize(to: bytes)
                try? file.close()
            }
        }
        for entry in undo.reversed() { entry.action() }
    }

    private func remember(_ path: String, undo: @escaping @Sendable () -> Void) {
        state.withLock { $0.undo.append((Self.parent(path), undo)) }
    }

    private static func parent(_ path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    package func kind(of path: String) throws -> FileKind? {
        _ = try pass("look at", path)
        return try system.kind(of: path)
    }

    package func makeFolder(_ path: String) throws {
        _ = try pass("create", path)
        try system.makeFolder(path)
        remember(path) { try? SystemFiles().removeEverything(path) }
    }

    package func makeFile(_ path: String) throws -> any OutputFile {
        _ = try pass("create", path)
        let file = try system.makeFile(path)
        state.withLock { $0.safeBytes[path] = 0 }
        remember(path) { try? SystemFiles().removeFile(path) }
        return Output(file: file, path: path, files: self)
    }

    package func openFile(_ path: String) throws -> any InputFile {
        _ = try pass("open", path)
        return try system.openFile(path)
    }

    package func entries(of folder: String) throws -> [String] {
        _ = try pass("list", folder)
        return try system.entries(of: folder)
    }

    package func move(_ path: String, to newPath: String) throws {
        _ = try pass("rename", path)
        try system.move(path, to: newPath)
        moved(path, newPath)
        remember(newPath) { try? SystemFiles().move(newPath, to: path) }
    }

    package func replace(_ path: String, with newFile: String) throws {
        _ = try pass("replace", path)
        let there = try? system.openFile(path)
        let old = try? there?.read(atMost: 1 << 20)
        // Hundreds of open files would be left by a run, and beyond a thousand Swift's Subprocess does not notice that a program ended.
        there?.close()
        try system.replace(path, with: newFile)
        moved(newFile, path)
        remember(path) {
            try? SystemFiles().removeFile(path)
            guard let old, let file = try? SystemFiles().makeFile(path) else { return }
            _ = try? file.write(old[...])
            try? file.close()
        }
    }

    private func moved(_ path: String, _ newPath: String) {
        state.withLock { state in
            for (file, bytes) in state.safeBytes where file == path || file.hasPrefix(path + "/") {
                state.safeBytes[file] = nil
                state.safeBytes[newPath + file.dropFirst(path.count)] = bytes
            }
        }
    }

    package func link(_ path: String, to newPath: String) throws {
        _ = try pass("link", newPath)
        try system.link(path, to: newPath)
        remember(newPath) { try? SystemFiles().removeFile(newPath) }
    }

    package func copyFile(_ path: String, to newPath: String) throws {
        _ = try pass("copy", path)
        try system.copyFile(path, to: newPath)
        state.withLock { $0.safeBytes[newPath] = 0 }
        remember(newPath) { try? SystemFiles().removeFile(newPath) }
    }

    package func makePrivate(_ path: String) throws {
        _ = try pass("protect", path)
        try system.makePrivate(path)
    }

    package func sync(_ path: String) throws {
        _ = try pass("sync", path)
        try system.sync(path)
        state.withLock { state in
            state.safeBytes[path] = nil
            state.undo.removeAll { $0.folder == path }
        }
    }

    package func removeFile(_ path: String) throws {
        _ = try pass("remove", path)
        try system.removeFile(path)
    }

    package func removeFolder(_ path: String) throws {
        _ = try pass("remove", path)
        try system.removeFolder(path)
    }

    package func freeBytes(at folder: String) throws -> Int64 { try system.freeBytes(at: folder) }

    package func lock(_ path: String) throws -> (any LockedFile)? {
        _ = try pass("lock", path)
        return try system.lock(path)
    }

    private struct Output: OutputFile {
        let file: any OutputFile
        let path: String
        let files: FaultyFiles

        func write(_ bytes: ArraySlice<UInt8>) throws -> Int {
            guard try files.pass("write", path, isWrite: true) else {
                return try file.write(bytes.prefix((bytes.count + 1) / 2))
            }
            return try file.write(bytes)
        }

        func sync() throws {
            _ = try files.pass("sync", path)
            try file.sync()
            files.state.withLock { $0.safeBytes[path] = nil }
        }

        func close() throws {
            try file.close()
            _ = try files.pass("close", path)
        }
    }
}

extension SystemFiles {
    fileprivate func removeEverything(_ path: String) throws {
        guard try kind(of: path) == .folder else { return try removeFile(path) }
        for name in try entries(of: path) { try removeEverything("\(path)/\(name)") }
        try removeFolder(path)
    }
}
