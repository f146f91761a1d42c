// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// Migrations that are compiled into the program.
struct BuiltInSource: MigrationSource {
    var texts: [(version: MigrationVersion, name: String, sql: String)]

    func migrations() async throws -> [Migration] {
        texts.map { text in
            Migration(
                id: MigrationID(version: text.version), name: text.name,
                checksum: Checksum(of: Array(text.sql.utf8)))
        }
    }

    func script(for migration: Migration) async throws -> MigrationScript {
        guard let text = texts.first(where: { $0.version == migration.id.version }) else {
            throw UnknownMigration(name: migration.name)
        }
        return MigrationScript(text.sql)
    }
}

struct UnknownMigration: Error { var name: String }
