// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension PostgresSession {
    /// Lets the progress of a migration's statements be told from now on.
    func tellProgress(of migration: Migration, observe: @escaping @Sendable (StoreEvent) -> Void) async {
        guard let delay = options.progressDelay else { return }
        let monitor =
            progressMonitor ?? ProgressMonitor(of: self.connection, process: serverProcess, configuration, table: table)
        progressMonitor = monitor
        await connection.setCompanion(monitor.companion(for: migration, delay: delay, observe: observe))
    }

    /// Lets no second connection be made any more.
    func stopTellingProgress() async {
        await connection.setCompanion(nil)
    }
}
