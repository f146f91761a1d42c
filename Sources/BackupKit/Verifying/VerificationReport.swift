// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What came out when a set was to be proven.
public struct VerificationReport: Hashable, Sendable {
    /// What came out at one level.
    public struct Result: Hashable, Sendable {
        /// The level.
        public var level: VerificationLevel
        /// What was compared, a sentence each.
        public var compared: [String]
        /// What is wrong, a sentence each.
        public var findings: [String]
        /// What could not be compared, a few words each that can follow the level's name: `without ChromaDB`.
        public var limitations: [String] = []

        /// Whether nothing is wrong.
        public var passed: Bool { findings.isEmpty }
    }

    /// The set.
    public var set: SetName
    /// Its folder.
    public var folder: String
    /// The levels that were tried; only the last one can have failed.
    public var results: [Result] = []
    /// What people should know.
    public var notices: [String] = []

    /// Whether something is wrong with the set.
    public var isDamaged: Bool { results.contains { !$0.passed } }
    /// The highest level that it passed.
    public var passed: VerificationLevel? { results.last(where: \.passed)?.level }
}

/// What happens while a set is proven.
public enum VerificationEvent: Hashable, Sendable {
    /// A level is tried.
    case started(VerificationLevel)
    /// How much of the set was hashed.
    case hashed(bytes: Int64, of: Int64)
    /// What an adapter tells.
    case target(StoreName, BackupTargetEvent)
    /// Everything of a store was tried that the level asks for, whatever came out.
    case finished(StoreName)
}
