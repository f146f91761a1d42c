// SPDX-License-Identifier: Apache-2.0

import Testing

extension Stage {
    /// The whole schema as text: `pg_dump --schema-only`, without our own tables, normalised.
    func schema() async throws -> String {
        let dump = try await tool("pg_dump").run(
            [
                "--schema-only", "--no-owner", "--no-privileges", "--exclude-table=public.schema_versions*", "-d", url,
            ], in: scratch)
        try dump.requireStatus(0)
        return SchemaDump.normalised(dump.output)
    }
}

/// Dumps, made comparable as `Scripts/corpus.py normalise` does it.
enum SchemaDump {
    private static let left = ["--", "\\restrict", "\\unrestrict", "SET ", "SELECT pg_catalog.set_config"]

    /// Without comments, settings and repeated blank lines, but for those within dollar quotes.
    static func normalised(_ dump: String) -> String {
        var kept: [Substring] = []
        var (tag, isBlank): (Substring?, Bool) = (nil, false)
        for line in dump.split(separator: "\n", omittingEmptySubsequences: false) {
            if tag == nil {
                if left.contains(where: line.hasPrefix) { continue }
                if line.allSatisfy(\.isWhitespace) {
                    isBlank = true
                    continue
                }
            }
            if isBlank, !kept.isEmpty { kept.append("") }
            isBlank = false
            kept.append(line)
            for match in line.matches(of: #/\$(?:[A-Za-z_]\w*)?\$/#) {
                if tag == nil { tag = match.output } else if tag == match.output { tag = nil }
            }
        }
        return kept.joined(separator: "\n") + "\n"
    }
}
