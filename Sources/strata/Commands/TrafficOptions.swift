// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import PostgresAdapter

/// How a run gives way to the sessions that use the database at the same time.
struct TrafficOptions: ParsableArguments {
    /// A value that can be switched off.
    struct Switchable<Value: Sendable>: Sendable {
        var value: Value?
    }

    @Option(
        help: ArgumentHelp(
            "How long a transaction may wait for a lock on a table, such as 500ms; or off. (default: 5s)",
            valueName: "duration"),
        transform: { Switchable(value: $0 == "off" ? nil : try DatabaseOptions.duration($0)) })
    var lockTimeout = Switchable<Duration>(value: .seconds(5))

    @Option(
        help: ArgumentHelp(
            "How long a transaction is tried again that had to give way. (default: 1min)", valueName: "duration"),
        transform: DatabaseOptions.duration)
    var retryTime = Duration.seconds(60)

    @Option(
        help: ArgumentHelp(
            "Give way when more sessions than this wait for a transaction; or off. (default: 3)", valueName: "number"),
        transform: Self.count)
    var maxQueue = Switchable<Int>(value: 3)

    @Option(
        help: ArgumentHelp("How long each of them has to wait. (default: 2s)", valueName: "duration"),
        transform: DatabaseOptions.duration)
    var maxQueueTime = Duration.seconds(2)

    var queueLimit: QueueLimit? {
        maxQueue.value.map { QueueLimit(sessions: $0, duration: maxQueueTime) }
    }

    private static func count(_ text: String) throws -> Switchable<Int> {
        if text == "off" { return Switchable(value: nil) }
        guard let count = Int(text), count >= 0 else {
            throw ValidationError("'\(text)' is not a number of sessions. Write 0, 1, 2 and so on, or off.")
        }
        return Switchable(value: count)
    }
}
