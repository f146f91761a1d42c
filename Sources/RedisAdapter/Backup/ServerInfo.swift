// SPDX-License-Identifier: Apache-2.0

/// What a server tells of itself with `INFO`.
struct ServerInfo: Hashable, Sendable {
    private let values: [String: String]
    /// The names of the modules that are loaded: `module:name=ReJSON,ver=20007,…`.
    let modules: [String]

    init(_ text: String) {
        var values: [String: String] = [:]
        var modules: [String] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let (name, value) = (line[..<colon], line[line.index(after: colon)...])
            if name == "module", value.hasPrefix("name=") {
                modules.append(String(value.dropFirst(5).prefix { $0 != "," }))
            }
            values[String(name)] = String(value)
        }
        self.values = values
        self.modules = modules
    }

    subscript(_ name: String) -> String? { values[name] }

    func number(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

    var version: String? { values["redis_version"] }
    var isLoading: Bool { values["loading"] == "1" }
    var isReplica: Bool { values["role"] == "slave" }
    var isClusterNode: Bool { values["cluster_enabled"] == "1" }

    /// The databases that have keys: `db0:keys=12,expires=3,avg_ttl=0`.
    var databases: [RDBSummary.Database] {
        values.compactMap { name, value -> RDBSummary.Database? in
            guard name.hasPrefix("db"), let number = Int(name.dropFirst(2)) else { return nil }
            var counts: [Substring: Int64] = [:]
            for pair in value.split(separator: ",") {
                let parts = pair.split(separator: "=")
                if parts.count == 2 { counts[parts[0]] = Int64(parts[1]) }
            }
            guard let keys = counts["keys"] else { return nil }
            return .init(number: number, keys: keys, expires: counts["expires"] ?? 0)
        }
        .sorted { $0.number < $1.number }
    }
}
