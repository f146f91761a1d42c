// SPDX-License-Identifier: Apache-2.0

/// What kind of store something is: `postgres`, `redis`.
public struct StoreName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Lower-case letters, digits and `_`.
    public let description: String

    /// Makes a name; `nil` for a text that has anything but lower-case letters, digits and `_`, or is empty.
    public init?(_ text: String) {
        let isAllowed: (UInt8) -> Bool = { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
        guard !text.isEmpty, text.utf8.allSatisfy(isAllowed) else { return nil }
        description = text
    }

    /// Makes the name of a store of one's own, which stands in the program's text: `StoreName(literal: "settings")`.
    ///
    /// What is no name ends the program.
    public init(literal name: StaticString) {
        guard let made = Self("\(name)") else {
            preconditionFailure("\"\(name)\" is no name of a store: lower-case letters, digits and _ are allowed")
        }
        self = made
    }

    private init(known: String) { description = known }

    /// A PostgreSQL database.
    public static let postgres = Self(known: "postgres")
    /// A Redis server.
    public static let redis = Self(known: "redis")
    /// A folder of ChromaDB.
    public static let chroma = Self(known: "chroma")
    /// A Neo4j database.
    public static let neo4j = Self(known: "neo4j")

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
