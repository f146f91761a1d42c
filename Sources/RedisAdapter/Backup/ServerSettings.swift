// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A server's settings, as `CONFIG GET *` tells them.
struct ServerSettings: Hashable, Sendable {
    let values: [String: String]

    /// - Parameter reply: Names and values in turn.
    init(_ reply: RedisReply) {
        let words = (reply.array ?? []).map { $0.string ?? "" }
        var values: [String: String] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) { values[words[index]] = words[index + 1] }
        self.values = values
    }

    /// What differs from a server where nothing was set, without anything that could be a secret or only repeats another name.
    var changed: [String: BackupValue] {
        var changed: [String: BackupValue] = [:]
        for (name, value) in values {
            guard !Self.isSecret(name), !name.contains("slave"), !name.contains("ziplist") else { continue }
            guard value != DefaultSettings.values[name, default: ""] else { continue }
            changed[name] = .string(value)
        }
        return changed
    }

    static func isSecret(_ name: String) -> Bool {
        ["pass", "auth", "secret", "masteruser", "token"].contains { name.contains($0) }
    }

    /// What the server does between being asked and its first byte, for people.
    var reasonToWait: String {
        switch values["repl-diskless-sync"] {
        case "no": "the server writes its copy to its own disk first (repl-diskless-sync no)"
        case "yes":
            if let delay = values["repl-diskless-sync-delay"].flatMap({ Int($0) }), delay > 0 {
                "the server begins within \(delay) s (repl-diskless-sync-delay)"
            } else {
                "the server prepares its copy"
            }
        default: "the server prepares its copy (by default it waits 5 s first, repl-diskless-sync-delay)"
        }
    }
}
