// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What went wrong with PostgreSQL. Holds no secret.
public struct PostgresError: Error, Hashable, Sendable {
    /// The kind of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String
        let category: VersionStoreErrorCategory

        init(_ description: String, _ category: VersionStoreErrorCategory) {
            self.description = description
            self.category = category
        }

        /// The connection settings cannot be used.
        public static let invalidConfiguration = Self("invalidConfiguration", .unavailable)
        /// No connection was made: no server there, wrong password, no such database.
        public static let connectionFailed = Self("connectionFailed", .unavailable)
        /// A pooler stands in between that does not give a session a process of the server to itself.
        public static let pooler = Self("pooler", .unavailable)
        /// The connection was lost.
        public static let connectionLost = Self("connectionLost", .unavailable)
        /// The connection was lost during a commit: it may have taken effect.
        public static let outcomeUnknown = Self("outcomeUnknown", .outcomeUnknown)
        /// The server is a standby, or the session is read-only.
        public static let readOnly = Self("readOnly", .failed)
        /// The role lacks a privilege that every run needs.
        public static let insufficientPrivilege = Self("insufficientPrivilege", .failed)
        /// The history table is not one that we can work with.
        public static let historyTable = Self("historyTable", .failed)
        /// Another run held the lock for too long.
        public static let lockTimeout = Self("lockTimeout", .lockTimeout)
        /// The calling task was cancelled; the server undid what it was doing.
        public static let cancelled = Self("cancelled", .cancelled)
        /// A script is not one that can be executed; found without a server.
        public static let invalidScript = Self("invalidScript", .invalidScript)
        /// A migration gave way to other sessions for as long as the options say, and was undone each time.
        public static let gaveWay = Self("gaveWay", .failed)
        /// A statement failed.
        public static let statementFailed = Self("statementFailed", .failed)
    }

    /// The kind of error.
    public var code: Code
    /// What happened, where and what to do.
    public var message: String
    /// What the server said, if it said something.
    public var serverMessage: ServerMessage?
    /// What of the failed migration took effect; `nil`: nothing.
    public var partialProgress: String?

    /// How long the failed migration was executed, where its outcome is not known.
    public var elapsed: Duration?

    /// Makes an error.
    public init(code: Code, message: String, serverMessage: ServerMessage? = nil) {
        self.code = code
        self.message = message
        self.serverMessage = serverMessage
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String { message }
}

extension PostgresError: VersionStoreError {
    /// Which of the few kinds of store errors this is.
    public var category: VersionStoreErrorCategory { code.category }
}
