// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Reads over a second connection what the server does for a run's own one, which is busy meanwhile.
///
/// It is there for somebody who looks on and must never be noticed otherwise: whatever fails, it falls silent.
final class ProgressMonitor: Sendable {
    private static let interval = Duration.milliseconds(500)
    /// How long the server may take for an answer.
    private static let patience = Duration.seconds(2)

    private let configuration: PostgresConfiguration
    private let query: ProgressQuery
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
        self.configuration = configuration.pinned(
            to: connection,
            applicationName: "\(configuration.applicationName): progress of process \(process)")
        self.table = table
    }

    /// What runs beside each exchange that takes longer than the delay.
    func companion(
        for migration: Migration, delay: Duration, observe: @escaping @Sendable (StoreEvent) -> Void
    ) -> Companion {
        Companion(delay: delay, executor: executor) { await self.watch(migration, observe: observe) }
    }

    /// Tells what changes, until the task is cancelled or something fails.
    private func watch(_ migration: Migration, observe: @Sendable (StoreEvent) -> Void) async {
        guard isUseful.withLock(\.self), !Task.isCancelled else { return }
        guard let connection = await connect() else { return giveUp() }
        var told: StoreProgress?
        while let rows = await connection.ask(query.reading, within: Self.patience) {
            let progress = rows.first.flatMap { ProgressReading(row: $0) }?.progress(of: migration)
            if let progress, progress != told {
                observe(.progress(progress))
            } else if progress == nil, told != nil {
                observe(.progressEnded)
            }
            told = progress
            try? await Task.sleep(for: Self.interval)
            if Task.isCancelled { break }
        }
        if told != nil { observe(.progressEnded) }
        giveUp()
        await connection.close()
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
