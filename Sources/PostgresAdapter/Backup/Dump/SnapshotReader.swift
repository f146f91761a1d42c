// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Takes a snapshot, and reads in it: the dump by `pg_dump`, history and digests by ourselves.
struct SnapshotReader: Sendable {
    let connection: PostgresConnection
    let options: PostgresBackupTarget.Options
    let dump: PostgresDump
    let output: PostgresDump.Output
    /// Whether to make do with the tables that can be held, instead of throwing ``TableHold/Contended``.
    let isLast: Bool
    let observe: @Sendable (BackupTargetEvent) -> Void

    /// What one of the two readers brought.
    private enum Part: Sendable {
        case dumped(warnings: [String])
        case read(digests: [TableDigest]?, history: HistoryReading?, missed: [PostgresCatalog.Table])
    }

    /// - Throws: ``TableHold/Contended`` when nothing of the dump has been written yet, and it is worth another try.
    func read() async throws -> SnapshotReading {
        try await PostgresCatalog.begin(connection, lockTimeout: options.lockWaitTimeout)
        let snapshot = try await ExportedSnapshot(of: connection)
        let tables = try await PostgresCatalog.tables(connection)
        var details = try await PostgresDetails(reading: connection, database: connection.endpoint.database)
        details.tables = tables.dumped.map { [$0.schema, $0.name] }
        details.unlogged = tables.unlogged
        (details.historySchema, details.historyTable) = (options.historyTable.schema, options.historyTable.name)
        details.dump = dump.path
        details.format = dump.isFolder ? "directory" : "custom"
        details.compression = dump.compression
        var reading = SnapshotReading(snapshot: snapshot, details: details)
        var history: HistoryReading?
        for part in try await both(snapshot, tables.dumped, encoding: details.encoding) {
            switch part {
            case .dumped(let warnings): reading.warnings += warnings
            case .read(let digests, let found, let missed):
                history = found
                reading.details.digests = digests
                if digests != nil { reading.details.withoutDigest = missed.map { [$0.schema, $0.name] } }
            }
        }
        // Somebody was waiting to change it, and may have done so by now, for our snapshot as well.
        if history == nil { reading.details.historyIsUnknown = true }
        if case .versions(let versions) = history { reading.versions = versions }
        if case .foreign = history { reading.details.historyIsForeign = true }
        reading.warnings += warnings(reading.details, history, unnamed: tables.unnamed)
        return reading
    }

    /// Both at once: they read the same rows, and the second finds them in the server's memory.
    ///
    /// What fails first ends the other, and is the cause: without our transaction there is no snapshot for `pg_dump`.
    private func both(
        _ snapshot: ExportedSnapshot, _ tables: [PostgresCatalog.Table], encoding: String
    ) async throws -> [Part] {
        let gate = DumpGate()
        return try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask {
                let job = PostgresDump.Job(snapshot: snapshot.id, tables: tables, output: output, gate: gate)
                return .dumped(warnings: try await dump.run(job, observe: observe))
            }
            group.addTask {
                try await gate.isLocked.wait()
                return try await readTables(tables, encoding: encoding, gate)
            }
            var parts: [Part] = []
            for try await part in group { parts.append(part) }
            return parts
        }
    }

    private func readTables(
        _ tables: [PostgresCatalog.Table], encoding: String, _ gate: DumpGate
    ) async throws -> Part {
        let own = ExactName([options.historyTable.schema, options.historyTable.name])
        let wanted = options.digest ? tables : tables.filter { $0.exactName == own }
        var missed = try await TableHold(connection: connection, tables: wanted).take(isLast: isLast)
        gate.isKept.give()
        var history: HistoryReading?
        if !missed.contains(where: { $0.exactName == own }) {
            history = try await HistoryReading(of: options.historyTable, connection)
        }
        guard options.digest else { return .read(digests: nil, history: history, missed: []) }
        let lost = Set(missed.map(\.oid))
        let digests = try await TableDigest.read(
            tables.filter { !lost.contains($0.oid) }, encoding: encoding, connection, isHeld: { missed.append($0) })
        return .read(digests: digests, history: history, missed: missed)
    }

    private func warnings(_ details: PostgresDetails, _ history: HistoryReading?, unnamed: Int) -> [String] {
        var warnings: [String] = []
        if !details.withoutDigest.isEmpty {
            let names = details.withoutDigest.map { $0.joined(separator: ".") }.joined(separator: ", ")
            warnings.append(
                "no digest was taken of \(names): somebody was waiting to change it, so a proof compares it by name")
        }
        if !details.unlogged.isEmpty {
            let names = details.unlogged.map { $0.joined(separator: ".") }.joined(separator: ", ")
            warnings.append(
                "the rows of \(names) are not in the dump: a standby does not have those of unlogged tables")
        }
        if details.historyIsUnknown {
            warnings.append(
                "\(options.historyTable) could not be read, so no versions are noted: somebody was waiting to change it"
            )
        }
        if case .foreign(let reason) = history {
            warnings.append(
                "\(options.historyTable) is not a history of migrations, so no versions are noted: \(reason)")
        }
        if unnamed > 0 {
            let tables = unnamed == 1 ? "a table has a name that is" : "\(unnamed) tables have names that are"
            warnings.append("\(tables) no text in UTF-8: a proof compares nothing of that")
        }
        return warnings
    }
}
