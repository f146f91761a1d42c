// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The pipe that ties the server's life to ours: the supervisor reads it, and cleans up at its end.
///
/// The kernel closes the write end when this process ends, however it ends. Requests travel on it as lines, each far shorter than a
/// pipe's buffer, so writing never waits.
final class LifeLine: Sendable {
    private let write: Mutex<FileDescriptor?>
    private let read: Mutex<FileDescriptor?>

    /// What the supervisor reads. Ours stays open while the supervisor lives: writing to one that was killed must not raise SIGPIPE.
    let supervisorEnd: FileDescriptor

    init() throws(ThrowawayPostgresError) {
        do throws(Errno) {
            let pipe = try Platform.privatePipe()
            supervisorEnd = pipe.readEnd
            read = Mutex(pipe.readEnd)
            write = Mutex(pipe.writeEnd)
        } catch {
            throw ThrowawayPostgresError(
                .supervisorLost,
                "No pipe could be made (\(error)). If the process has too many files open, raise its limit (ulimit -n)."
            )
        }
    }

    /// Sends a line; without effect once closed.
    func send(_ line: String) {
        write.withLock { _ = try? $0?.writeAll((line + "\n").utf8) }
    }

    /// Lets go. The supervisor stops the server and removes its folder.
    func close() { Self.close(write) }

    /// To be called when there is no supervisor that reads, and none is being started with our descriptor.
    func closeSupervisorEnd() { Self.close(read) }

    deinit {
        close()
        closeSupervisorEnd()
    }

    private static func close(_ end: borrowing Mutex<FileDescriptor?>) {
        end.withLock { descriptor in
            try? descriptor?.close()
            descriptor = nil
        }
    }
}
