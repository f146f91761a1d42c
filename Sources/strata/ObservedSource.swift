// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import Synchronization

/// The files of a run; knows afterwards which components they have.
final class ObservedSource: MigrationSource {
    private let source: DirectorySource
    private let found = Mutex<Set<Component>?>(nil)

    init(_ source: DirectorySource) {
        self.source = source
    }

    /// The components that have migrations; `nil` until they were read.
    var components: Set<Component>? { found.withLock { $0 } }

    func migrations() throws -> [Migration] {
        let migrations = try source.migrations()
        found.withLock { $0 = Set(migrations.map(\.id.component)) }
        return migrations
    }

    func script(for migration: Migration) throws -> MigrationScript {
        try source.script(for: migration)
    }
}
