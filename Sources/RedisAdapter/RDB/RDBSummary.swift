// SPDX-License-Identifier: Apache-2.0

/// What an RDB file holds, counted on the way through it.
public struct RDBSummary: Hashable, Sendable {
    /// The keys of one database.
    public struct Database: Hashable, Sendable {
        /// Its number.
        public var number: Int
        /// How many keys it has, those whose time is over included.
        public var keys: Int64
        /// How many of them have an expiry.
        public var expires: Int64

        /// Makes a count.
        public init(number: Int, keys: Int64, expires: Int64) {
            self.number = number
            self.keys = keys
            self.expires = expires
        }
    }

    /// The version of the format, 10 for Redis 7.0.
    public internal(set) var version = 0
    /// Whether the contents were parsed. Of a version that is newer than this build, only the checksum was verified: no count and no digest
    /// says anything then.
    public internal(set) var isCounted = true
    /// What the server says of itself: `redis-ver`, `ctime`, `used-mem` and so on.
    public internal(set) var auxiliary: [String: String] = [:]
    /// The databases that have keys, sorted by their numbers.
    public internal(set) var databases: [Database] = []
    /// How many keys there are of each type: `string`, `hash`.
    public internal(set) var types: [String: Int64] = [:]
    /// How many libraries of functions there are.
    public internal(set) var functions = 0
    /// Whether there is data of modules, which only a server with these modules can load.
    public internal(set) var needsModules = false
    /// The types of that data, as modules call them: `ReJSON-RL`.
    public internal(set) var moduleTypes: [String] = []
    /// The checksum at the end; `nil` when the server wrote none (`rdbchecksum no`).
    public internal(set) var checksum: UInt64?
    /// How many bytes the file has.
    public internal(set) var bytes: Int64 = 0
    /// A digest of what is in all keys and functions, the same in whatever order and encoding a server stores them.
    ///
    /// Of an expiry it takes the time, of a stream also its groups. Access times are no part of it.
    public internal(set) var contentDigest: UInt64 = 0

    /// How many keys there are in all databases.
    public var keys: Int64 { databases.reduce(0) { $0 + $1.keys } }
    /// How many of them have an expiry.
    public var expires: Int64 { databases.reduce(0) { $0 + $1.expires } }
}
