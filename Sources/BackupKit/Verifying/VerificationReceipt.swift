// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What a set's own folder says of one attempt to prove it.
public struct VerificationReceipt: Codable, Hashable, Sendable {
    /// The level.
    public var level: VerificationLevel
    /// Whether the set passed.
    public var passed: Bool
    /// When, in UTC as RFC 3339 writes it.
    public var verifiedAt: String
    /// The version of Strata that did it.
    public var strataVersion: String
    /// The checksum in the metadata of the set that was proven.
    public var metadata: Checksum
    /// What was compared, a sentence each; what was wrong, where it did not pass.
    public var findings: [String]
    /// What could not be compared when it passed, a few words each: `without ChromaDB`.
    public var limitations: [String]

    /// Makes a receipt.
    public init(
        level: VerificationLevel, passed: Bool, verifiedAt: String, strataVersion: String, metadata: Checksum,
        findings: [String], limitations: [String] = []
    ) {
        self.level = level
        self.passed = passed
        self.verifiedAt = verifiedAt
        self.strataVersion = strataVersion
        self.metadata = metadata
        self.findings = findings
        self.limitations = limitations
    }

    private enum CodingKeys: String, CodingKey {
        case level, passed, findings, limitations, metadata
        case verifiedAt = "verified_at"
        case strataVersion = "strata_version"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        level = try container.decode(VerificationLevel.self, forKey: .level)
        passed = try container.decode(Bool.self, forKey: .passed)
        verifiedAt = try container.decode(String.self, forKey: .verifiedAt)
        strataVersion = try container.decode(String.self, forKey: .strataVersion)
        metadata = Checksum(recorded: try container.decode(String.self, forKey: .metadata))
        findings = try container.decode([String].self, forKey: .findings)
        limitations = try container.decodeIfPresent([String].self, forKey: .limitations) ?? []
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(level, forKey: .level)
        try container.encode(passed, forKey: .passed)
        try container.encode(verifiedAt, forKey: .verifiedAt)
        try container.encode(strataVersion, forKey: .strataVersion)
        try container.encode(metadata.hexadecimal, forKey: .metadata)
        try container.encode(findings, forKey: .findings)
        if !limitations.isEmpty { try container.encode(limitations, forKey: .limitations) }
    }
}
