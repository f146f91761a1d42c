// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A throw-away server that has loaded a set's dump.
struct ProvenServer: Sendable {
    let connection: RedisConnection
    let configuration: RedisConfiguration

    /// Compares what the server holds with what was saved.
    func compare(
        with dump: StoredDump, _ summary: RDBSummary, version: String,
        observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof {
        var proof = RestoreProof(compared: [], differences: [], serverVersion: version)
        let saved = dump.details.databases
        let place = "the server that loaded it"
        let counted = ServerInfo(try await run("INFO", "keyspace").string ?? "").databases
        proof.differences += StoredDump.differences(expected: saved ?? counted, found: counted, place: place)
        // Now a master, it must go on to keep what has expired; then it gives its data away as any server does.
        try await run("DEBUG", "SET-ACTIVE-EXPIRE", "0")
        try await run("REPLICAOF", "NO", "ONE")
        let copy = try await RedisCopy(
            configuration: configuration, reasonToWait: "the throw-away server writes its data"
        )
        .perform(into: nil, observe: observe)
        guard summary.isCounted, copy.summary.isCounted, let saved, let digest = dump.details.contentDigest else {
            if proof.differences.isEmpty {
                proof.compared.append("the server loads it: \(Self.text(counted))")
            }
            proof.limitations.append("without a digest of what Redis has")
            return proof
        }
        proof.differences += StoredDump.differences(expected: saved, found: copy.summary.databases, place: place)
        if RedisDetails.hexadecimal(copy.summary.contentDigest) != digest {
            proof.differences.append("the contents of \(place) are not those that were saved (content_digest)")
        }
        if proof.differences.isEmpty { proof.compared = [Self.text(saved), "content digest \(digest)"] }
        return proof
    }

    @discardableResult
    private func run(_ words: String...) async throws -> RedisReply {
        let reply = try await connection.ask(words)
        if let error = reply.error {
            throw RedisBackupError(.store, "the throw-away server refuses \(words[0]): \(error)")
        }
        return reply
    }

    private static func text(_ databases: [RDBSummary.Database]) -> String {
        let keys = databases.reduce(0) { $0 + $1.keys }
        let expires = databases.reduce(0) { $0 + $1.expires }
        return """
            \(databases.count.named("database")), \(keys.named("key")), \
            \(expires) with an expiry
            """
    }
}
