// SPDX-License-Identifier: Apache-2.0

/// The SQLSTATEs that the adapter acts on (PostgreSQL documentation, appendix "PostgreSQL Error Codes").
enum SQLState {
    // Of the server: it has no room, or no time, for us.
    static let tooManyConnections = "53300"
    static let cannotConnectNow = "57P03"
    static let diskFull = "53100"
    static let outOfMemory = "53200"
    static let configurationLimitExceeded = "53400"
    static let ioError = "58030"
    // It ended the session.
    static let adminShutdown = "57P01"
    static let idleInTransactionTimeout = "25P03"
    static let transactionTimeout = "25P04"
    static let idleSessionTimeout = "57P05"

    static let queryCanceled = "57014"
    static let undefinedDatabase = "3D000"
    static let invalidAuthorization = "28000"
    static let notInPrerequisiteState = "55000"
    static let objectInUse = "55006"
    static let lockNotAvailable = "55P03"
    static let deadlockDetected = "40P01"
    static let undefinedTable = "42P01"
    static let undefinedColumn = "42703"
    static let uniqueViolation = "23505"
    static let divisionByZero = "22012"
    static let insufficientPrivilege = "42501"
    static let readOnlyTransaction = "25006"
    static let inFailedTransaction = "25P02"
    static let invalidTransactionTermination = "2D000"
    static let activeTransaction = "25001"
    static let unsafeNewEnumValue = "55P04"
}
