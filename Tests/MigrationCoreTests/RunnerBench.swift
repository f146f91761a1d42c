// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Synchronization

/// A source, a store, and a runner between them whose events are kept.
final class RunnerBench: Sendable {
    let source: InMemorySource
    let store: InMemoryVersionStore
    private let kept = Mutex<[MigrationEvent]>([])

    init(_ migrations: [InMemoryMigration] = [], store: InMemoryVersionStore = InMemoryVersionStore()) {
        source = InMemorySource(migrations)
        self.store = store
    }

    /// A bench with migrations that need nothing.
    convenience init(ids: [MigrationID], store: InMemoryVersionStore = InMemoryVersionStore()) {
        self.init(ids.map { .sample($0) }, store: store)
    }

    var events: [MigrationEvent] { kept.withLock(\.self) }

    func runner(
        _ options: RunOptions = RunOptions(), also observe: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
    ) -> MigrationRunner<InMemorySource, InMemoryVersionStore> {
        MigrationRunner(source: source, store: store, options: options) { [self] event in
            kept.withLock { $0.append(event) }
            observe(event)
        }
    }

    /// What went wrong in a run that has to fail.
    func failure(of body: () async throws(MigrationError) -> MigrationReport) async -> MigrationError? {
        do throws(MigrationError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }
}

/// An error of no kind that the core knows.
struct Unexpected: Error, CustomStringConvertible {
    var description = "the disk is full"
}
