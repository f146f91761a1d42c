// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Looks over a second connection at a run's own one, which is busy meanwhile: how far the server is, for somebody who looks on; and
/// who waits for whom, so that the run gives way to others.
///
/// It must never be noticed otherwise: whatever fails, it falls silent, and the run goes on as it would have.
final class SessionMonitor: Sendable {
    /// What it does.
    struct Duties {
        /// How long the server has to be busy before its progress is told; `nil`: never.
        var progressDelay: Duration?
        /// Watches whom the run's statement blocks; `nil`: nobody does.
        var watch: TrafficWatch?
        /// How long others may wait for it.
        var queueTime: Duration?

        /// How long the server has to be busy before a second connection is made; `nil`: there is nothing to do for it.
        var delay: Duration? {
            [progressDelay, watch == nil ? nil : within(SessionMonitor.watchDelay, queueTime)].compactMap(\.self).min()
        }

        /// How long from one look to the next: what others wait longer than they may is a small part of it.
        var interval: Duration {
            watch == nil
                ? SessionMonitor.progressInterval : within(SessionMonitor.watchInterval, queueTime.map { $0 / 4 })
        }

        private func within(_ range: ClosedRange<Duration>, _ duration: Duration?) -> Duration {
            min(max(duration ?? range.upperBound, range.lowerBound), range.upperBound)
        }
    }

    /// A second connection for every statement would cost more than the few milliseconds that others wait meanwhile.
    private static let watchDelay = Duration.milliseconds(100)...(.milliseconds(500))
    private static let watchInterval = Duration.milliseconds(25)...(.milliseconds(250))
    private static let progressInterval = Duration.milliseconds(500)
    /// How long the server may take for an answer. It holds up nothing: whoever waits for one is cancelled with the statement's end.
    private static let patience = Duration.seconds(15)

    private let configuration: PostgresConfiguration
    private let query: ProgressQuery
    private let trafficQuery: TrafficQuery
    private let table: HistoryTable
    /// What failed once is not tried again: a server without a free connection has other worries.
    private let isUseful = Mutex(true)
    /// A thread of its own, so that the end of a statement never waits for one of Swift's pool.
    private let executor = ConnectionExecutor()

    /// - Parameters:
    ///   - connection: The run's own connection.
    ///   - process: The server's process for it; libpq's number by default.
    ///   - configuration: How that was made.
    ///   - table: The history table, whose lock the run holds.
    init(
        of connection: PostgresConnection, process: Int32? = nil, _ configuration: PostgresConfiguration,
        table: HistoryTable
    ) {
        let process = process ?? connection.serverProcess
        query = ProgressQuery(process: process, serverVersion: connection.serverVersion)
        trafficQuery = TrafficQuery(process: process, serverVersion: connection.serverVersion)
        self.configuration = configuration.pinned(
            to: connection,
            applicationName: "\(configuration.applicationName): progress of process \(process)")
        self.table = table
    }

    /// What runs beside each exchange that takes longer than the delay; `nil` when there is nothing to do.
    func companion(
        for migration: Migration, _ duties: Duties, observe: @escaping @Sendable (StoreEvent) -> Void
    ) -> Companion? {
        guard let delay = duties.delay else { return nil }
        return Companion(delay: delay, executor: executor) { await self.look(duties, migration, observe: observe) }
    }

    /// Does its duties until the task is cancelled or something fails.
    private func look(
        _ duties: Duties, _ migration: Migration, observe: @Sendable (StoreEvent) -> Void
    ) async {
        guard isUseful.withLock(\.self), !Task.isCancelled else { return }
        guard duties.progressDelay != nil || duties.watch?.isArmed == true else { return }
        guard let connection = await connect() else { return giveUp() }
        var teller = ProgressTeller(migration: migration)
        // The first look comes when the server was busy for the shortest of the delays.
        var tellAt = duties.progressDelay.map { ContinuousClock.now + $0 - (duties.delay ?? .zero) }
        while !Task.isCancelled {
            if let watch = duties.watch, await !look(at: connection, watch) { break }
            if let time = tellAt, time <= .now {
                guard let rows = await connection.ask(query.reading, within: Self.patience) else { break }
                teller.tell(rows, observe: observe)
                tellAt = .now + Self.progressInterval
            }
            try? await Task.sleep(for: duties.interval)
        }
        teller.end(observe: observe)
        giveUp()
        await connection.close()
    }

    /// - Returns: False when the server did not answer.
    private func look(at connection: PostgresConnection, _ watch: TrafficWatch) async -> Bool {
        guard watch.isArmed else { return true }
        guard let rows = await connection.ask(trafficQuery.reading, within: Self.patience) else { return false }
        guard watch.mustCancel(TrafficReading(rows: rows), at: .now) else { return true }
        return await connection.ask(trafficQuery.cancel, within: Self.patience) != nil
    }

    /// Connects, and makes sure that there is something to be learnt.
    private func connect() async -> PostgresConnection? {
        guard let connection = try? await PostgresConnection.open(configuration) else { return nil }
        let holder = await connection.ask(query.holdsLock(of: table), within: Self.patience)
        if holder?.isEmpty == false, await connection.ask(ProgressQuery.limits, within: Self.patience) != nil {
            return connection
        }
        await connection.close()
        return nil
    }

    /// Falls silent for good, unless it was the statement that ended.
    private func giveUp() {
        if !Task.isCancelled { isUseful.withLock { $0 = false } }
    }
}
