// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What the newest run in a folder came to. A run writes it before it begins: one that is killed leaves that it did not end.
public struct LastRun: Codable, Hashable, Sendable {
    /// What a run came to.
    public enum Outcome: String, Codable, Hashable, Sendable {
        /// It has not ended yet, or it was killed.
        case unfinished
        /// It published a set that has everything.
        case complete
        /// It published a set in which a store is missing.
        case partial
        /// It published nothing.
        case failed
    }

    /// What it came to.
    public var outcome: Outcome
    /// When it began, in UTC as RFC 3339 writes it.
    public var startedAt: String
    /// The name of the set that it made.
    public var set: String?
    /// Why it failed.
    public var error: String?

    /// Makes a description of a run.
    public init(outcome: Outcome, startedAt: String, set: String? = nil, error: String? = nil) {
        self.outcome = outcome
        self.startedAt = startedAt
        self.set = set
        self.error = error
    }

    private enum CodingKeys: String, CodingKey {
        case outcome, set, error
        case startedAt = "started_at"
    }

    static let fileName = ".last_run.json"

    /// Reads what the newest run in a folder came to; `nil` where none has run yet.
    static func read(in folder: BackupFolder) throws -> LastRun? {
        let path = "\(folder.path)/\(fileName)"
        guard try folder.files.kind(of: path) != nil else { return nil }
        // One that cannot be read is of no run that ended well.
        let run = try? JSONDecoder().decode(LastRun.self, from: Data(try folder.files.contents(of: path)))
        return run ?? LastRun(outcome: .unfinished, startedAt: "", set: nil, error: "\(path) cannot be read")
    }

    /// Says that a run has begun. Where there is no room for that, nothing is left that speaks of an earlier run that ended well.
    func begin(in folder: BackupFolder) throws {
        do {
            try write(in: folder)
        } catch {
            let path = "\(folder.path)/\(Self.fileName)"
            try? folder.files.removeFile(path)
            try? folder.files.makeFile(path, contents: [])
            throw error
        }
    }

    func write(in folder: BackupFolder) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
        try folder.files.replaceContents(of: "\(folder.path)/\(Self.fileName)", with: bytes, in: folder.path)
    }
}
