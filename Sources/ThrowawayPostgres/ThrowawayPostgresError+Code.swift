// SPDX-License-Identifier: Apache-2.0

extension ThrowawayPostgresError {
    /// The kind of a failure. More kinds may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind's name.
        public let description: String

        /// No usable PostgreSQL installation was found.
        public static let binariesNotFound = Code(description: "binariesNotFound")

        /// The folder's path leaves no room for a socket's name.
        public static let folderPathTooLong = Code(description: "folderPathTooLong")

        /// The server's folder could not be made.
        public static let folderNotCreated = Code(description: "folderNotCreated")

        /// An option has a value that cannot be used.
        public static let invalidOption = Code(description: "invalidOption")

        /// There is no operating-system account to run the server as.
        public static let accountNotFound = Code(description: "accountNotFound")

        /// `initdb` failed.
        public static let initializationFailed = Code(description: "initializationFailed")

        /// The server ended before it accepted connections.
        public static let serverDidNotStart = Code(description: "serverDidNotStart")

        /// Something took longer than allowed.
        public static let timedOut = Code(description: "timedOut")

        /// The server is not in the state that the call needs: running, or not running.
        public static let wrongState = Code(description: "wrongState")

        /// The supervising process ended unexpectedly. Server and folder have been removed.
        public static let supervisorLost = Code(description: "supervisorLost")

        /// A program of the installation could not be run.
        public static let toolFailed = Code(description: "toolFailed")
    }
}
