// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Restores a dump into an empty database, and compares what is there then with what the set says.
struct DumpRestore: Sendable {
    let part: StoredPart
    let details: PostgresDetails
    let program: PostgresProgram
    let settings: ClientSettings
    let launcher: any ProcessLauncher
    /// More of `pg_restore`'s arguments.
    var arguments: [String] = []
    /// What its sessions have set otherwise than database and role say: `name=value`.
    var sessionSettings: [String] = []

    /// - Returns: Why it did not end well, without any secret; `nil` when it did.
    func run(
        into database: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> ReadingFailure? {
        let sizes = Dictionary(details.tables.map { ($0.joined(separator: "."), Int64(0)) }) { first, _ in first }
        let progress = DumpProgress(phase: "restoring", sizes: sizes, observe: observe)
        let file = try DumpFile(part, details, program: program, launcher: launcher)
        let failure = try await settings.withEnvironment { environment in
            try await file.read(
                arguments + [
                    "--exit-on-error", "--verbose", "--no-password",
                    "--dbname=\(settings.connectionString(database: database, with: sessionSettings))",
                ], environment: environment
            ) { progress.read($0) }
        }
        return failure.map { ReadingFailure($0.program, $0.end, settings.withoutSecret($0.reason)) }
    }

    /// Compares a restored database with the set.
    ///
    /// - Parameter connection: A connection to it, which is in a transaction afterwards.
    func compare(_ connection: PostgresConnection) async throws -> RestoreProof {
        try await PostgresCatalog.begin(connection)
        let tables = try await PostgresCatalog.tables(connection)
        var proof = RestoreProof(compared: [], differences: [])
        if let digests = details.digests {
            let found = try await TableDigest.read(tables, connection)
            proof.differences = TableDigest.differences(expected: digests, found: found)
            let rows = found.reduce(0) { $0 + $1.rows }
            if proof.differences.isEmpty { proof.compared.append("\(tables.count) tables, \(rows) rows by digest") }
        } else {
            let there = Set(tables.map { [$0.schema, $0.name] })
            proof.differences = details.tables.filter { !there.contains($0) }
                .map { "table \($0.joined(separator: ".")) is missing" }
            if proof.differences.isEmpty {
                proof.compared.append("\(details.tables.count) tables by name; no digests were taken")
            }
        }
        let versions: [MigrationID]
        do {
            versions = try await PostgresCatalog.newestVersions(details.history, connection)
        } catch let error as PostgresError where error.serverMessage?.isOfContents == true {
            proof.differences.append("the history cannot be read: \(error.message)")
            return proof
        }
        if Set(versions) == Set(part.snapshot.schemaVersions) {
            proof.compared.append(
                "the history: \(versions.isEmpty ? "none" : versions.map(\.description).joined(separator: ", "))")
        } else {
            func text(_ versions: [MigrationID]) -> String {
                versions.isEmpty ? "nothing" : versions.map(\.description).sorted().joined(separator: ", ")
            }
            proof.differences.append(
                "the history ends with \(text(versions)), and the metadata says \(text(part.snapshot.schemaVersions))")
        }
        return proof
    }
}

extension ServerMessage {
    /// Whether a query failed for what is in the database (syntax or names, SQLSTATE 42; values, 22), and not for the server's condition.
    fileprivate var isOfContents: Bool { sqlState.map { $0.hasPrefix("42") || $0.hasPrefix("22") } ?? false }
}
