// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `Docs/Program.md` names what the commands print with `--json`.
@Suite("Documented JSON", .timeLimit(.minutes(15)))
struct DocumentedJSONTests {
    @Test("Every field that the commands for backups print stands in the row of the command")
    func fields() async throws {
        let document = try #require(try Document.all().first { $0.name == "Program.md" })
        let rows = document.fields(under: "## JSON")
        try await DocumentedStores.with { stores in
            for (line, command) in [
                ("strata backup --json", "backup"), ("strata backups --json", "backups"),
                ("strata verify-backup --json", "verify-backup"),
                ("strata restore latest --dry-run --json", "restore --dry-run"),
                ("strata restore latest --into postgres=copy_of_docs --only postgres --json", "restore"),
                ("strata prune --keep-last 1 --json", "prune"),
            ] {
                // Messages are no part of the document.
                let text = try stores.require("\(line) 2>/dev/null")
                let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
                let row = try #require(rows.first { $0.name == command }?.type)
                let known = Set(row.split(separator: "`").map(String.init))
                // A set in the list is what backup prints.
                let sets = command == "backups" ? try #require(rows.first { $0.name == "backup" }?.type) : ""
                let names = Self.names(in: object, isMap: false)
                #expect(names.count > 1)
                let documented = known.union(sets.split(separator: "`").map(String.init))
                #expect(names.subtracting(documented) == [], "\(command)")
            }
            try stores.require("psql \"$DATABASE_URL\" -qc 'DROP DATABASE copy_of_docs'")
        }
    }

    /// The names of all fields. Those of `stores` and `schema_versions` are data.
    private static func names(in value: Any, isMap: Bool) -> Set<String> {
        if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(names(in: $1, isMap: false)) } }
        guard let object = value as? [String: Any] else { return [] }
        var all = isMap ? [] : Set(object.keys)
        for (name, field) in object {
            all.formUnion(names(in: field, isMap: !isMap && ["stores", "schema_versions"].contains(name)))
        }
        return all
    }
}
