// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import Synchronization

/// One restore of a PostgreSQL database.
public final class PostgresRestoreSession: RestoreSession {
    public let steps: [String]
    public let notices: [String]

    private let restore: DumpRestore
    private let configuration: PostgresConfiguration
    private let maintenance: PostgresConnection
    private let names: SwapNames
    /// The database that is replaced; `nil` when there is none.
    private let existing: String?
    /// What the replacement is called until the swap.
    private let replacement: String
    /// Whether an interrupted restore of the set left something under that name.
    private let leftOver: Bool
    private let isBuilt = Mutex(false)

    init(
        part: StoredPart, details: PostgresDetails, program: PostgresProgram, launcher: any ProcessLauncher,
        configuration: PostgresConfiguration, maintenance: PostgresConnection, names: SwapNames, existing: String?,
        isBeside: Bool, leftOver: Bool
    ) async throws {
        self.configuration = configuration
        self.maintenance = maintenance
        self.names = names
        // A database that is restored under another name has the properties of the old one, but replaces nothing.
        model = existing
        self.existing = isBeside ? nil : existing
        self.leftOver = leftOver
        replacement = names.replacement
        restore = DumpRestore(
            part: part, details: details, program: program, settings: try await maintenance.clientSettings(),
            launcher: launcher)
        var steps = leftOver ? ["drop the database \(names.replacement), which an interrupted restore left"] : []
        steps += [
            "create the database \(replacement), with the properties of \(existing ?? details.database)",
            "restore \(details.dump) into it with pg_restore --exit-on-error, and compare it with what the set says",
        ]
        if let existing = self.existing {
            steps.append("end the sessions of \(existing)")
            steps.append(
                "in one transaction: rename \(existing) to \(names.before), and \(replacement) to \(names.database)")
        } else {
            steps.append("rename \(replacement) to \(names.database)")
        }
        self.steps = steps
        notices =
            details.digests == nil
            ? ["the set has no digests of PostgreSQL's tables: only their names and the history will be compared"] : []
    }

    private let model: String?

    public func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        try await PostgresBackupError.telling("restoring PostgreSQL at \(maintenance.endpoint)") {
            let properties = DatabaseProperties(connection: maintenance)
            if leftOver {
                observe(.notice("the database \(replacement), which an interrupted restore left, is dropped"))
                try await drop()
            }
            // From here on it is ours, also when the answer is lost.
            isBuilt.withLock { $0 = true }
            if let model {
                try await properties.create(replacement, like: model)
                try await properties.rehearse(from: model, to: replacement)
            } else {
                try await properties.create(replacement, restore.details)
            }
            if let failure = try await restore.run(into: replacement, observe: observe) {
                throw PostgresBackupError(.store, "pg_restore of \(restore.details.dump) failed: \(failure)")
            }
            try await verify()
            if let model { try await properties.copy(from: model, to: replacement) }
        }
    }

    private func verify() async throws {
        let restored = try await PostgresConnection.open(configuration.replacing(database: replacement))
        do {
            let proof = try await restore.compare(restored)
            await restored.close()
            guard proof.differences.isEmpty else {
                throw PostgresBackupError(
                    .damaged,
                    "what was restored is not what was saved, so nothing was replaced: \(proof.differences.joined(separator: "; "))"
                )
            }
        } catch {
            await restored.close()
            throw error
        }
    }

    public func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        try await PostgresBackupError.telling("replacing \(names.database) at \(maintenance.endpoint)") {
            let renamed = (replacement, names.database)
            try await DatabaseSwap(connection: maintenance).rename(
                existing.map { [($0, names.before), renamed] } ?? [renamed])
        }
        isBuilt.withLock { $0 = false }
        guard let existing else { return ["the database \(names.database) is restored; nothing was replaced"] }
        return [
            "the database \(existing) is restored", "what was there before is kept as \(names.before)",
            "restore --undo \(restore.part.set) brings it back",
        ]
    }

    public func discard() async {
        let isBuilt = isBuilt.withLock(\.self)
        // Also when the caller's task is cancelled.
        await Task {
            if isBuilt { try? await drop() }
            // The server notices only a moment later that a session has gone, and what undoes this restore needs its lock.
            _ = try? await maintenance.query("SELECT pg_advisory_unlock_all()")
            await maintenance.close()
        }.value
    }

    /// Whoever is still connected: a `pg_restore` that outlived us.
    private func drop() async throws {
        try await maintenance.query("DROP DATABASE IF EXISTS \(SQLLiteral.identifier(replacement)) WITH (FORCE)")
    }
}
