// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The RDB file of a set, with what the set says of it.
struct StoredDump: Sendable {
    let part: StoredPart
    let details: RedisDetails
    let location: String

    init(_ part: StoredPart) throws(RedisBackupError) {
        self.part = part
        details = try RedisDetails(part.snapshot.details)
        location = "\(part.folder)/\(RedisDetails.dump)"
    }

    var isThere: Bool { part.artifacts.contains { $0.path == RedisDetails.dump } }

    /// Reads all of it, and compares it with what the set says.
    ///
    /// - Parameter copy: Takes all bytes as well; it is not finished.
    /// - Returns: What it holds, if that could be read, and what is wrong, a sentence each.
    /// - Throws: ``RedisBackupError`` when that cannot be found out.
    func examine(
        copyingTo copy: FileSink? = nil, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> (summary: RDBSummary?, problems: [String]) {
        guard isThere else { return (nil, ["\(RedisDetails.dump) is missing"]) }
        do {
            let summary = try await RDBFile(location, name: RedisDetails.dump).walk(copyingTo: copy, observe: observe)
            return (summary, differences(summary))
        } catch let error as RDBError {
            return (nil, ["\(RedisDetails.dump), \(error)"])
        }
    }

    /// What a file that can be read has otherwise than the one that was saved.
    private func differences(_ summary: RDBSummary) -> [String] {
        var problems: [String] = []
        if summary.version != details.rdbVersion {
            problems.append(
                "\(RedisDetails.dump) is of version \(summary.version) of the format, and \(details.rdbVersion) was saved"
            )
        }
        if let checksum = details.checksum, summary.checksum.map(RedisDetails.hexadecimal) != checksum {
            problems.append("\(RedisDetails.dump) has another checksum than the one that was saved: it is another dump")
        }
        if let databases = details.databases, summary.isCounted {
            problems += Self.differences(expected: databases, found: summary.databases, place: RedisDetails.dump)
        }
        if let digest = details.contentDigest, summary.isCounted,
            RedisDetails.hexadecimal(summary.contentDigest) != digest
        {
            problems.append("\(RedisDetails.dump) has other contents than those that were saved (content_digest)")
        }
        return problems
    }

    /// Compares the keys of databases.
    static func differences(
        expected: [RDBSummary.Database], found: [RDBSummary.Database], place: String
    ) -> [String] {
        var numbers: [Int: (expected: RDBSummary.Database?, found: RDBSummary.Database?)] = [:]
        for database in expected { numbers[database.number, default: (nil, nil)].expected = database }
        for database in found { numbers[database.number, default: (nil, nil)].found = database }
        return numbers.sorted { $0.key < $1.key }.compactMap { number, pair in
            let (keys, expires) = (pair.expected?.keys ?? 0, pair.expected?.expires ?? 0)
            let (foundKeys, foundExpires) = (pair.found?.keys ?? 0, pair.found?.expires ?? 0)
            guard keys != foundKeys || expires != foundExpires else { return nil }
            return """
                database \(number) has \(foundKeys) keys, \(foundExpires) with an expiry, in \(place); \(keys) and \(expires) were saved
                """
        }
    }
}
