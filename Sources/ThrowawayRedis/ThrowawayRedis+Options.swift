// SPDX-License-Identifier: Apache-2.0

extension ThrowawayRedis {
    /// How a server is made. Every field has a default.
    public struct Options: Sendable, Hashable {
        /// The folder of `redis-server`; `nil` looks for it in `PATH`.
        public var programs: String?

        /// The folder in which the server's own is made; `/tmp` takes its place where it is too long for the path of a socket (103 bytes).
        public var parentFolder = "/tmp"

        /// An RDB file to load. It is read and never written.
        public var data: String?

        /// A folder of data to use and to leave in place, instead of one of its own.
        public var dataFolder: String?

        /// Whether keys whose time is over stay, as they do in a replica: the server then takes itself for the replica of a master that
        /// nobody reaches.
        public var keepsExpiredKeys = false

        /// A port of 127.0.0.1 to listen on as well; `nil`: none.
        public var port: Int?

        /// More settings of `redis.conf`, by name. They win over the module's own.
        public var settings: [String: String] = [:]

        /// Further lines of `redis.conf`, such as `user …`.
        public var lines: [String] = []

        /// Makes the default options.
        public init() {}
    }
}
