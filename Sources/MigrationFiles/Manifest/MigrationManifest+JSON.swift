// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension MigrationManifest {
    /// The manifest as JSON: always the same text for the same contents, one line for each migration, so that a change of
    /// one migration is a change of one line.
    public var json: String {
        let lines = migrations.map { "    {\($0.members.joined(separator: ", "))}" }
        let list = lines.isEmpty ? "[]" : "[\n\(lines.joined(separator: ",\n"))\n  ]"
        return "{\n  \"format\": 1,\n  \"migrations\": \(list)\n}\n"
    }
}

extension MigrationManifest.Entry {
    fileprivate var members: [String] {
        var members = [
            "\"file\": \(JSONText.quote(file))", "\"checksum\": \(JSONText.quote(checksum.hexadecimal))",
        ]
        if let undoChecksum { members.append("\"undo-checksum\": \(JSONText.quote(undoChecksum.hexadecimal))") }
        if !dependencies.isEmpty {
            let references = dependencies.map { JSONText.quote($0.description) }
            members.append("\"depends-on\": [\(references.joined(separator: ", "))]")
        }
        if directives.noTransaction { members.append("\"no-transaction\": true") }
        if let timeout = directives.lockTimeout {
            members.append("\"lock-timeout\": \(JSONText.quote(TimeoutText.format(timeout)))")
        }
        if let timeout = directives.statementTimeout {
            members.append("\"statement-timeout\": \(JSONText.quote(TimeoutText.format(timeout)))")
        }
        if let oldest = directives.compatibleWith {
            members.append("\"compatible-with\": \(JSONText.quote(oldest.description))")
        }
        return members
    }
}
