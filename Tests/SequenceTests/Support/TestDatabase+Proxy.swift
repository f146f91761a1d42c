// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

extension TestDatabase {
    /// A run whose connection goes through a proxy.
    ///
    /// - Returns: The messages that were exchanged, and the error. Without an error of the script's own there is none but that
    ///   the connection was cut.
    func migrate(
        _ source: ScriptSource, cut: CutPoint?, mayFail: Bool = false
    ) async throws -> (messages: [String], error: MigrationError?) {
        let proxy = try ProtocolProxy(server: "\(server.socketDirectory)/.s.PGSQL.\(server.port)", cut: cut)
        defer { proxy.close() }
        // A second connection would be cut instead of the run's own.
        let store = PostgresVersionStore(
            configuration(["host": proxy.folder, "port": "5432"]),
            options: .init(lockTimeout: nil, queueLimit: nil, progressDelay: nil))
        do {
            try await MigrationRunner(source: source, store: store).applyPending()
            return (proxy.messages, nil)
        } catch {
            #expect(proxy.isCut || mayFail, "\(cut.map(\.description) ?? "no cut"): \(error)")
            return (proxy.messages, error)
        }
    }
}
