// SPDX-License-Identifier: Apache-2.0

/// The types of data that modules bring along.
enum ModuleType {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    /// The module that has a type; what is not here nobody but its author knows.
    private static let modules = [
        "ReJSON-RL": "ReJSON", "MBbloom--": "bf", "MBbloomCF": "bf", "CMSk-TYPE": "bf", "TopK-TYPE": "bf",
        "TDIS-TYPE": "bf", "TSDB-TYPE": "timeseries", "ft_index0": "search", "ft_invidx": "search",
        "numericdx": "search", "graphdata": "graph",
    ]

    /// The name of a type: nine characters of six bits each, in front of ten bits for a version (`src/module.c` of Redis).
    static func name(_ identifier: UInt64) -> String {
        String((0..<9).map { alphabet[Int(identifier >> UInt64(10 + 6 * (8 - $0)) & 63)] })
    }

    /// What is missing on a server that has some modules; empty when nothing is.
    static func missing(_ types: [String], loaded: [String]) -> [String] {
        let known = types.filter { type in modules[type].map { !loaded.contains($0) } ?? loaded.isEmpty }
        return known.map { type in modules[type].map { "\(type) (module \($0))" } ?? type }
    }

    /// Types of which it is not known which module they need.
    static func unknown(_ types: [String]) -> [String] { types.filter { modules[$0] == nil } }
}
