// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// One file of a set that is being written, and hashed while its bytes pass.
///
/// One piece is written while the next one is made: `write` returns as soon as the piece before it is on its way.
final class ArtifactFile: ArtifactWriter {
    private struct Progress {
        var hasher = Checksum.Hasher()
        var bytes: Int64 = 0
        var isClosed = false
    }

    let path: String
    private let file: any OutputFile
    private let queue: BlockingQueue
    private let progress = Mutex(Progress())
    private let pending = Mutex<Task<Void, any Error>?>(nil)
    private let finished: @Sendable (StoredArtifact) -> Void

    /// - Parameter finished: Told when the file is whole and safe from a loss of power.
    init(
        path: String, file: any OutputFile, queue: BlockingQueue, finished: @escaping @Sendable (StoredArtifact) -> Void
    ) {
        self.path = path
        self.file = file
        self.queue = queue
        self.finished = finished
    }

    func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await pending.withLock(\.self)?.value
        try Task.checkCancellation()
        let next = Task { try await queue.run { try self.append(bytes) } }
        pending.withLock { $0 = next }
    }

    @discardableResult
    func finish() async throws -> Int64 {
        try await pending.withLock(\.self)?.value
        let artifact = try await queue.run { try self.end() }
        finished(artifact)
        return artifact.bytes
    }

    /// Closes a file that is not going to be whole.
    func abandon() async {
        _ = await pending.withLock(\.self)?.result
        try? await queue.run {
            let isOpen = self.progress.withLock { progress in
                defer { progress.isClosed = true }
                return !progress.isClosed
            }
            if isOpen { try self.file.close() }
        }
    }

    private func append(_ bytes: [UInt8]) throws {
        try file.writeAll(bytes)
        progress.withLock { progress in
            progress.hasher.update(bytes[...])
            progress.bytes += Int64(bytes.count)
        }
    }

    private func end() throws -> StoredArtifact {
        let (checksum, bytes, isClosed) = progress.withLock { ($0.hasher.finalize(), $0.bytes, $0.isClosed) }
        guard !isClosed else { throw BackupKitError(.destination, "\(path) was ended twice") }
        try file.sync()
        progress.withLock { $0.isClosed = true }
        try file.close()
        return StoredArtifact(path: path, bytes: bytes, checksum: checksum)
    }
}
