// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Makes sure that one run at a time works in a folder of sets.
///
/// The lock is the kernel's (`flock`), so it ends with the process that holds it, whatever happens to it.
struct FolderLock {
    static let fileName = ".lock"

    private let file: any LockedFile
    private let queue: BlockingQueue

    /// Waits until no other run works in the folder.
    ///
    /// - Parameters:
    ///   - wait: For how long.
    ///   - owner: Who we are, for those who come next.
    ///   - waiting: Told once who holds it.
    /// - Throws: ``FolderBusyError`` when it was not free in time.
    init(
        _ folder: BackupFolder, wait: Duration, owner: String, queue: BlockingQueue,
        waiting: @Sendable (String) -> Void
    ) async throws {
        let path = "\(folder.path)/\(Self.fileName)"
        let deadline = ContinuousClock.now + wait
        var pause = Duration.milliseconds(50)
        var isTold = false
        while true {
            let locked = try await queue.run { () throws -> (any LockedFile)? in
                guard let file = try folder.files.lock(path) else { return nil }
                // Who we are is told to others, and no more than that: also a full disk can be pruned.
                try? file.setContents(owner)
                return file
            }
            if let locked {
                file = locked
                self.queue = queue
                return
            }
            let holder = try await queue.run { try? folder.files.contents(of: path, atMost: 4096) }
            let text = holder.map { String(decoding: $0, as: UTF8.self) } ?? ""
            let name = text.isEmpty ? "another run" : text
            guard ContinuousClock.now + pause < deadline else {
                throw FolderBusyError(folder: folder.path, holder: name)
            }
            if !isTold {
                isTold = true
                waiting(name)
            }
            try await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, .seconds(1))
        }
    }

    func unlock() async {
        try? await queue.run { file.unlock() }
    }
}
