// SPDX-License-Identifier: Apache-2.0

import Dispatch

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Turns Ctrl-C, SIGTERM, SIGQUIT and the end of the terminal (SIGHUP) into a cancellation; a second one ends the program at once.
///
/// What must not be left half-done even then is seen to by processes that outlive this one.
struct Interruption {
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGINT, SIGTERM, SIGQUIT, SIGHUP].compactMap { number in
            // Started with nohup, the end of the terminal is to be no reason.
            let isIgnored = Self.isIgnored(number)
            signal(number, SIG_IGN)
            guard number != SIGHUP || !isIgnored else { return nil }
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #else
        let handler = action.__sigaction_handler.sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
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
