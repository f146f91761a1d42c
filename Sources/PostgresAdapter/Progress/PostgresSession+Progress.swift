// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension PostgresSession {
    /// Lets a second connection look at a migration's statements from now on.
    func watchStatements(of migration: Migration, observe: @escaping @Sendable (StoreEvent) -> Void) async {
        let limits = limits(of: migration)
        let givesWay = limits.lockTimeout != nil || options.queueLimit != nil
        let duties = SessionMonitor.Duties(
            progressDelay: options.progressDelay, watch: givesWay ? watch : nil,
            queueTime: options.queueLimit?.duration)
        let monitor =
            monitor ?? SessionMonitor(of: connection, process: serverProcess, configuration, table: table)
        self.monitor = monitor
        await connection.setCompanion(monitor.companion(for: migration, duties, observe: observe))
    }

    /// Lets no second connection be made any more.
    func stopWatching() async {
        await connection.setCompanion(nil)
    }
}
