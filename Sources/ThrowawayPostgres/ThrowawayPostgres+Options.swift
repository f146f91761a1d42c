// SPDX-License-Identifier: Apache-2.0

extension ThrowawayPostgres {
    /// How a server is made. Every field has a default.
    ///
    /// ```swift
    /// var options = ThrowawayPostgres.Options()
    /// options.settings = ["log_lock_waits": "on"]
    /// ```
    public struct Options: Sendable, Hashable {
        /// The installation to use; `nil` looks for one with ``PostgresBinaries/find(folder:environment:)``.
        public var binaries: PostgresBinaries?

        /// The folder in which the server's own is made. The account that the server runs as must be able to write there. Short, because
        /// the path of a socket has at most 103 bytes.
        public var parentFolder = "/tmp"

        /// The number in the socket's name. Servers in different folders can have the same.
        public var port = 5432

        /// The name of the superuser.
        public var superuser = "postgres"

        /// The locale of the cluster.
        public var locale: String

        /// The encoding of the cluster.
        public var encoding = "UTF8"

        /// More settings for `postgresql.conf`, by name. They win over the module's own, except for the socket's folder, the port and the
        /// cluster's name, which are fixed.
        public var settings: [String: String] = [:]

        /// Lines of `pg_hba.conf`, placed before the default ones, which let everybody in through the socket without a password.
        public var hbaLines: [String] = []

        /// Whether the data survives a crash of the operating system. Turned off, the server does not wait for the disk; its own crash it
        /// survives either way.
        public var durable = false

        /// Whether the server starts as a hot standby: in recovery, open for reading. It follows nobody.
        public var standby = false

        /// Whether every statement is written to the log.
        public var logStatements = false

        /// Used by root only: the operating system's account to run the server as. `nil` is `postgres`, or `nobody` without one.
        public var account: String?

        /// How long the server may take until it accepts connections, or to stop when asked.
        public var startTimeout: Duration = .seconds(60)

        /// Whether the folder stays when the server does not start, or when the body of ``ThrowawayPostgres/withServer(_:_:)`` throws.
        public var keepAfterFailure = false

        /// Creates the default options.
        public init() {
            self.locale = Platform.plainLocale
        }
    }
}
