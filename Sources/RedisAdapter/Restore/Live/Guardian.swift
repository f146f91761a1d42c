// SPDX-License-Identifier: Apache-2.0

// The only file that sees it.
internal import CRedisGuardian
internal import Synchronization

/// A process of its own that lets a server go when this one ends before it could do that itself: killed with `SIGKILL`, say.
///
/// It knows the password as this process does, in memory, and closes everything else.
final class Guardian: Sendable {
    /// Not above 0 when it was not started.
    let process: Int32
    private let ourEnd: Mutex<Int32?>

    /// - Parameters:
    ///   - configuration: The server.
    ///   - address: Where it was reached; `nil` for a Unix socket.
    /// - Returns: `nil` when the process cannot be started.
    init?(_ configuration: RedisConfiguration, reachedAt address: SocketAddress?) {
        var commands: [[String]] = []
        if configuration.password != nil || configuration.user != nil {
            commands.append(RedisConnection.login(configuration))
        }
        let deciding = commands.count
        commands += [["REPLICAOF", "NO", "ONE"], ["CLIENT", "UNPAUSE"]]
        let request = commands.flatMap { RedisConnection.encoded($0) }
        var end: Int32 = -1
        switch (configuration.endpoint, address) {
        case (.socket(let path), _):
            process = strata_guardian_start(
                path, nil, nil, request, request.count, Int32(commands.count), Int32(deciding), &end)
        case (.tcp, let address?):
            process = strata_guardian_start(
                nil, address.host, "\(address.port)", request, request.count, Int32(commands.count), Int32(deciding),
                &end)
        case (.tcp, nil): return nil
        }
        // This object ends all the same, and then there is nobody to be told.
        ourEnd = Mutex(process > 0 ? end : nil)
        guard process > 0 else { return nil }
    }

    deinit { end() }

    /// Everything is done: it goes.
    func end() {
        if let ourEnd = taken { strata_guardian_end(process, ourEnd) }
    }

    /// Leaves it alone, as the end of this process does, and waits for it.
    func abandon() {
        if let ourEnd = taken { strata_guardian_abandon(process, ourEnd) }
    }

    private var taken: Int32? {
        ourEnd.withLock { end in
            defer { end = nil }
            return end
        }
    }
}
