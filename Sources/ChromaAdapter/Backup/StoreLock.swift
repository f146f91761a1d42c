// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import MigrationCore
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The lock that holds back everybody who wants to write to a store; ChromaDB's writers wait without an error.
///
/// It is the one of `BEGIN IMMEDIATE`: it ends with the process, whatever becomes of that. Nothing is written in the transaction. When its
/// time is up it is given back by another thread, because whoever copies may be waiting for a disk that does not answer.
final class StoreLock: Sendable {
    /// SQLite's file, opened before the lock was taken: see ``OpenFile``.
    let database: OpenFile
    /// Whether SQLite writes into a log (`journal_mode=WAL`), which the copy then needs as well.
    let usesLog: Bool
    /// When it was taken.
    let taken: ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        /// `nil` when it was given back.
        var sqlite: SQLiteDatabase?
        var held = Duration.zero
        var hasExpired = false

        mutating func release(_ taken: ContinuousClock.Instant) {
            guard let sqlite else { return }
            try? sqlite.query("ROLLBACK")
            sqlite.close()
            self.sqlite = nil
            held = .now - taken
        }
    }

    private static let pause: UInt32 = 10_000

    /// Takes the lock, by asking again and again.
    ///
    /// - Parameters:
    ///   - limit: When it is given back at the latest.
    ///   - busy: Called once, when it is not free.
    init(
        _ folder: StoreFolder, patience: Duration, limit: Duration, interruption: Interruption, busy: () -> Void
    ) throws {
        var isTold = false
        let deadline = ContinuousClock.now + patience
        do {
            database = try OpenFile.read(folder.database)
            let sqlite = try SQLiteDatabase(folder.database, .readWrite, interruption: interruption)
            guard !sqlite.isReadOnly else { throw StoreFolder.forbidden(folder.path) }
            while true {
                do {
                    try sqlite.query("BEGIN IMMEDIATE")
                    break
                } catch let error as SQLiteError where error.kind == .busy {
                    if !isTold { busy() }
                    isTold = true
                    try interruption.check()
                    guard ContinuousClock.now < deadline else {
                        throw ChromaBackupError(
                            .store,
                            """
                            somebody has been writing to \(folder.database) without a pause for \(patience): a long import, ChromaDB's \
                            vacuum, or another backup. Try again when that has ended.
                            """)
                    }
                    usleep(Self.pause)
                }
            }
            taken = .now
            usesLog = try sqlite.texts("PRAGMA journal_mode").first == "wal"
            state = Mutex(State(sqlite: sqlite))
        } catch let error as SQLiteError where error.kind == .readOnly || error.kind == .cannotOpen {
            throw StoreFolder.forbidden(folder.path)
        } catch let error as SQLiteError where error.kind == .damaged || error.kind == .notADatabase {
            throw ChromaBackupError(
                .store, "ChromaDB's store itself is damaged: \(error). Restore an earlier set, or repair it.")
        } catch let error as FileError where error.isPermission {
            throw StoreFolder.forbidden(folder.path)
        }
        // A thread of its own: the shared ones may all be busy for longer than writers are to wait.
        DispatchQueue(label: "strata.chroma.lock").asyncAfter(deadline: .now() + limit.inSeconds) { [weak self] in
            self?.expire()
        }
    }

    deinit { release() }

    /// Whether nobody took the lock away: another part of this process that closes the same file does.
    var isHeld: Bool { usesLog || database.isLockedForWriting }

    /// Whether its time was up before it was given back: what was copied is of no instant then.
    var hasExpired: Bool { state.withLock(\.hasExpired) }

    /// For how long writers were held; zero while they still are.
    var held: Duration { state.withLock(\.held) }

    /// Lets the writers go on. Nothing happens the second time.
    func release() { state.withLock { $0.release(taken) } }

    private func expire() {
        state.withLock { state in
            guard state.sqlite != nil else { return }
            state.hasExpired = true
            state.release(taken)
        }
    }
}

extension OpenFile {
    /// Whether anybody, ourselves included, holds SQLite's lock for writers; `true` where the system cannot tell.
    var isLockedForWriting: Bool {
        #if os(Linux)
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        // RESERVED_BYTE of SQLite.
        lock.l_start = 0x4000_0001
        lock.l_len = 1
        // F_OFD_GETLK: asked for another owner than this process, so that our own lock is seen as well.
        return control(36, &lock) != 0 || lock.l_type != Int16(F_UNLCK)
        #else
        true
        #endif
    }
}
