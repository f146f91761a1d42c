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

    /// The same, with more arguments.
    func with(_ more: [String]) -> DumpRestore {
        var copy = self
        copy.arguments += more
        return copy
    }

    /// - Returns: Why it did not end well, without any secret; `nil` when it did.
    func run(
        into database: String, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> ReadingFailure? {
        let file = try DumpFile(part, details, program: program, launcher: launcher)
        let progress = try await file.progress("restoring", tellsBuilding: true, observe: observe)
        let failure = try await settings.withEnvironment { environment in
            try await file.read(
                arguments + [
                    "--exit-on-error", "--verbose", "--no-password",
                    "--dbname=\(settings.connectionString(database: database, with: sessionSettings))",
                ], environment: environment, progress: progress)
        }
        return failure.map { ReadingFailure($0.program, $0.end, settings.withoutSecret($0.reason)) }
    }

    /// Compares a restored database with the set.
    ///
    /// - Parameter connection: A connection to it, which is in a transaction afterwards.
    func compare(
        _ connection: PostgresConnection, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof {
        try await PostgresCatalog.begin(connection)
        let tables = try await PostgresCatalog.tables(connection).dumped
        var proof = RestoreProof(compared: [], differences: [])
        let there = Set(tables.map(\.exactName))
        if let digests = details.digests {
            let apart = Set((details.unlogged + details.withoutDigest).map(ExactName.init))
            let compared = tables.filter { !apart.contains($0.exactName) }
            let sizes = Dictionary(compared.map { ($0.label, $0.bytes) }) { first, _ in first }
            let progress = DumpProgress(phase: "comparing", .tables(sizes), observe: observe)
            let found = try await TableDigest.read(
                compared, encoding: details.encoding, connection, begins: { progress.begin($0.label) })
            proof.differences = TableDigest.differences(expected: digests, found: found)
            proof.differences += Self.missing(details.withoutDigest, in: there)
            let rows = found.reduce(0) { $0 + $1.rows }
            if proof.differences.isEmpty {
                proof.compared.append("\(compared.count.named("table")), \(rows.named("row")) by digest")
            }
            let count = details.withoutDigest.count
            if count > 0 {
                proof.limitations.append("without a digest of \(count.named("table")) of PostgreSQL")
            }
        } else {
            proof.differences = Self.missing(details.tables, in: there)
            if proof.differences.isEmpty {
                proof.compared.append("\(details.tables.count.named("table")) by name; no digests were taken")
            }
            proof.limitations.append("without digests of PostgreSQL's tables")
        }
        guard !details.historyIsForeign, !details.historyIsUnknown else { return proof }
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

    private static func missing(_ names: [[String]], in there: Set<ExactName>) -> [String] {
        names.filter { !there.contains(ExactName($0)) }.map { "table \($0.joined(separator: ".")) is missing" }
    }
}
