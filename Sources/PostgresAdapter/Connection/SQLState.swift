// SPDX-License-Identifier: Apache-2.0

/// The SQLSTATEs that the adapter acts on (PostgreSQL documentation, appendix "PostgreSQL Error Codes").
enum SQLState {
    static let queryCanceled = "57014"
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
