// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension PostgresSession {
    /// Executes a statement outside of any transaction with the limits of one, and again when it had to give way.
    ///
    /// Only for one that can be repeated. Meanwhile the journal says that it was started.
    func runGivingWay(_ unit: SequenceUnit, of script: SequenceScript) async throws {
        let migration = script.migration
        let limiting = limits(of: migration).limitingLocks
        let setting = "pg_catalog.current_setting('lock_timeout')"
        let before = try await connection.query("SELECT \(setting)").first?.first.flatMap { $0 }
        var attempts = 0
        try await givingWay(migration, retry: { observer?(.started(migration)) }) {
            attempts += 1
            // Makes sure that the run holds its lock still: the last entry is some time ago.
            if attempts > 1 { try await write(unit, .started, of: script) }
            if let limiting { try await connection.query(limiting) }
            try await sendAlone(unit, of: script)
        }
        // What comes behind it may wait for as long as it likes.
        guard limiting != nil, let before else { return }
        try await connection.query("SELECT pg_catalog.set_config('lock_timeout', \(SQLLiteral.string(before)), false)")
    }
}
