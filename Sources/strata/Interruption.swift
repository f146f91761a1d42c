// SPDX-License-Identifier: Apache-2.0

import Dispatch

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Turns Ctrl-C and SIGTERM into a cancellation; a second Ctrl-C ends the program at once.
struct Interruption {
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
    }

    /// Cancels a task when a signal comes.
    func cancel(_ work: Task<Void, Never>) {
        for source in sources {
            source.setEventHandler {
                if work.isCancelled { _exit(ExitStatus.interrupted.rawValue) }
                Console.note("interrupting; press Ctrl-C again to leave at once")
                work.cancel()
            }
            source.resume()
        }
    }
}
