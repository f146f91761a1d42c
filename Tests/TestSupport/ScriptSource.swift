// SPDX-License-Identifier: Apache-2.0

package import MigrationCore

/// Migrations of a test: file names, as they would stand in a folder, and their texts.
///
/// ```swift
/// let source: ScriptSource = ["0001_users.sql": "CREATE TABLE users ()", "billing/0001_bills.sql": "CREATE TABLE bills ()"]
/// ```
package struct ScriptSource: MigrationSource, ExpressibleByDictionaryLiteral {
    private var scripts: [MigrationID: (migration: Migration, script: MigrationScript)] = [:]

    package init(dictionaryLiteral elements: (String, String)...) {
        for (path, text) in elements { add(path, Array(text.utf8)) }
    }

    /// Migrations of `core`, numbered from 1.
    package init(_ texts: [String]) {
        for (index, text) in texts.enumerated() { add(Self.path(index + 1), Array(text.utf8)) }
    }

    /// The path of a numbered migration: `0007_step.sql`.
    package static func path(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_step.sql"
    }

    /// Adds a migration, or replaces the one of the same component and version.
    package mutating func add(
        _ path: String, _ bytes: [UInt8], directives: Migration.Directives = Migration.Directives()
    ) {
        let parts = path.split(separator: "/").map(String.init)
        let name = parts[parts.count - 1]
        let digits = name.prefix { $0.isNumber }
        guard let version = MigrationVersion(digits) else { preconditionFailure("no version in \(path)") }
        let id = MigrationID(component: parts.count == 2 ? Component(parts[0]) : .core, version: version)
        let migration = Migration(
            id: id, name: name, checksum: Checksum(of: bytes), versionText: String(digits), path: path,
            directives: directives)
        scripts[id] = (migration, MigrationScript(bytes: bytes))
    }

    /// The migration of that path.
    package func migration(_ path: String) -> Migration? {
        scripts.values.first { $0.migration.path == path }?.migration
    }

    package func migrations() async throws -> [Migration] {
        scripts.values.map(\.migration)
    }

    package func script(for migration: Migration) async throws -> MigrationScript {
        guard let entry = scripts[migration.id] else { throw Unknown(path: migration.path) }
        return entry.script
    }

    private struct Unknown: Error {
        let path: String
    }
}
