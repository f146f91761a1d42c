// SPDX-License-Identifier: Apache-2.0

public import MigrationCore
internal import Synchronization

/// One restore of a PostgreSQL database.
public final class PostgresRestoreSession: RestoreSession {
    public let steps: [String]
    public let notices: [String]

    /// What a session knows of the server.
    struct Situation: Sendable {
        var names: SwapNames
        /// The database whose properties the new one gets; `nil` when there is none.
        var model: String?
        /// The database that is replaced; `nil` when there is none.
        var replaced: String?
        /// What is called from now on what an earlier restore of the set kept; `nil` when none did.
        var displaced: String?
        /// Whether an interrupted restore of the set left something under the replacement's name.
        var hasLeftOver: Bool
        var findings: RestorePreflight.Findings
    }

    private let restore: DumpRestore
    private let configuration: PostgresConfiguration
    private let maintenance: PostgresConnection
    private let situation: Situation
    private let outcomeQuestions: Int

    private enum Stage { case nothing, built, swapped }
    private let stage = Mutex(Stage.nothing)

    private var names: SwapNames { situation.names }
    private var replacement: String { situation.names.replacement }

    init(
        _ restore: DumpRestore, configuration: PostgresConfiguration, maintenance: PostgresConnection,
        _ situation: Situation, outcomeQuestions: Int
    ) {
        self.restore = restore
        self.configuration = configuration
        self.maintenance = maintenance
        self.situation = situation
        self.outcomeQuestions = outcomeQuestions
        steps = Self.steps(restore.details, situation)
        notices =
            situation.findings.notices + Self.notices(of: situation)
            + (restore.details.digests == nil
                ? ["the set has no digests of PostgreSQL's tables: only their names and the history will be compared"]
                : [])
    }

    private static func notices(of situation: Situation) -> [String] {
        guard let displaced = situation.displaced else { return [] }
        let before = situation.names.before
        return [
            """
            what an earlier restore of this set kept as \(before) is called \(displaced) from now on, and stays; restore --undo brings back \
            what is there now. When you need it no longer: DROP DATABASE \(SQLLiteral.identifier(displaced))
            """
        ]
    }

    private static func steps(_ details: PostgresDetails, _ situation: Situation) -> [String] {
        let names = situation.names
        var steps =
            situation.hasLeftOver ? ["drop the database \(names.replacement), which an interrupted restore left"] : []
        steps += [
            "create the database \(names.replacement), with the properties of \(situation.model ?? details.database)",
            """
            restore \(details.dump) into it with pg_restore --exit-on-error, compare it with what the set says, and collect statistics
            """,
        ]
        if let replaced = situation.replaced {
            steps.append("end the sessions of \(replaced)")
            let earlier = situation.displaced.map { "\(names.before) to \($0), " } ?? ""
            steps.append(
                """
                in one transaction: rename \(earlier)\(replaced) to \(names.before), and \(names.replacement) to \(names.database)
                """)
        } else {
            steps.append("rename \(names.replacement) to \(names.database)")
        }
        return steps
    }

    public func prepare(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        do {
            try await PostgresBackupError.telling("restoring PostgreSQL at \(maintenance.endpoint)") {
                try await build(observe)
            }
        } catch {
            throw await takenAway(after: error)
        }
    }

    private func build(_ observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        let properties = DatabaseProperties(connection: maintenance)
        let traits = situation.findings.traits
        if situation.hasLeftOver {
            observe(.notice("the database \(replacement), which an interrupted restore left, is dropped"))
            try await drop(maintenance)
        }
        // From here on it is ours, also when the answer is lost.
        stage.withLock { $0 = .built }
        if let model = situation.model {
            try await properties.create(replacement, like: model, traits)
        } else {
            try await properties.create(replacement, restore.details, traits)
        }
        let owner = try await properties.owner(of: replacement)
        let others = traits.otherStatements(for: replacement, owner: owner)
        try await give(traits.settingStatements(for: replacement, whileRestoring: true), properties, observe)
        if let model = situation.model { try await properties.run(others, of: model, isRehearsal: true) }
        if let failure = try await restore.run(into: replacement, observe: observe) {
            throw PostgresBackupError(.store, "pg_restore of \(restore.details.dump) failed: \(failure)")
        }
        try await verify(observe)
        // A privilege that is taken from the public would be in the way before.
        try await give(others, properties, observe)
        let late =
            traits.settingStatements(for: replacement, whileRestoring: false) + traits.limitStatements(for: replacement)
        try await give(late, properties, observe)
    }

    /// What a database that is there has, its replacement has to have; what a set tells of one that is gone, as far as it goes.
    private func give(
        _ statements: [String], _ properties: DatabaseProperties, _ observe: @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        if let model = situation.model { return try await properties.run(statements, of: model) }
        for refusal in try await properties.attempt(statements) { observe(.notice(refusal)) }
    }

    private func verify(_ observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws {
        let restored = try await PostgresConnection.open(configuration.replacing(database: replacement))
        do {
            let proof = try await restore.compare(restored, observe: observe)
            guard proof.differences.isEmpty else {
                throw PostgresBackupError(
                    .damaged,
                    "what was restored is not what was saved, so nothing was replaced: \(proof.differences.joined(separator: "; "))"
                )
            }
            try await restored.query("ROLLBACK")
            try await analyze(restored, observe)
            await restored.close()
        } catch {
            await restored.close()
            throw error
        }
    }

    /// Without statistics the first queries after the swap would be planned blindly. They are no part of what was saved, so that they
    /// cannot be had does not stop a restore.
    private func analyze(
        _ restored: PostgresConnection, _ observe: @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        do {
            try await restored.query(
                "SET statement_timeout = 0; SET lock_timeout = 0; SET default_transaction_read_only = off")
            try await restored.query("ANALYZE")
        } catch let error as PostgresError where error.code == .statementFailed {
            observe(.notice("no statistics could be collected, so run ANALYZE yourself: \(error.message)"))
        }
    }

    public func swap(observe: @escaping @Sendable (BackupTargetEvent) -> Void) async throws -> [String] {
        do {
            try await PostgresBackupError.telling("replacing \(names.database) at \(maintenance.endpoint)") {
                let earlier: [DatabaseSwap.Pair] = situation.displaced.map { [(names.before, $0)] } ?? []
                let replaced: [DatabaseSwap.Pair] = situation.replaced.map { [($0, names.before)] } ?? []
                try await databaseSwap(maintenance).rename(
                    earlier + replaced + [(replacement, names.database)])
            }
        } catch let error as PostgresBackupError where error.category == .uncertain {
            throw error
        } catch {
            throw await takenAway(after: error)
        }
        stage.withLock { $0 = .swapped }
        guard let replaced = situation.replaced else {
            return ["the database \(names.database) is restored; nothing was replaced"]
        }
        return [
            "the database \(replaced) is restored", "what was there before is kept as \(names.before)",
            "restore --undo \(restore.part.set) brings it back",
        ]
    }

    private func databaseSwap(_ connection: PostgresConnection) -> DatabaseSwap {
        DatabaseSwap(connection: connection, reconnect: open, questions: outcomeQuestions)
    }

    public func revert() async throws -> Bool {
        guard stage.withLock({ $0 == .swapped }) else { return false }
        try await PostgresBackupError.telling("putting \(names.database) back at \(maintenance.endpoint)") {
            let connection = await maintenance.isConnected ? maintenance : try await open()
            let there = try await connection.query("SELECT datname::text FROM pg_database").compactMap(\.[0])
            // What is called a replacement is dropped by discard().
            let aside = there.contains(names.undone) ? replacement : names.undone
            let away = (names.database, aside)
            let replaced: [DatabaseSwap.Pair] = situation.replaced.map { [(names.before, $0)] } ?? []
            let earlier: [DatabaseSwap.Pair] = situation.displaced.map { [($0, names.before)] } ?? []
            try await databaseSwap(connection).rename([away] + replaced + earlier)
            stage.withLock { $0 = aside == replacement ? .built : .nothing }
        }
        return true
    }

    public func discard() async {
        let isBuilt = stage.withLock { $0 == .built }
        // Also when the caller's task is cancelled.
        await Task {
            if isBuilt { try? await drop() }
            await PostgresRestoreTarget.release(maintenance)
        }.value
    }

    /// Takes the replacement away, and says so where that cannot be done.
    private func takenAway(after error: any Error) async -> any Error {
        guard stage.withLock({ $0 == .built }) else { return error }
        let failure: (any Error)? = await Task {
            do {
                try await drop()
                return nil
            } catch {
                return error
            }
        }.value
        guard let failure else {
            stage.withLock { $0 = .nothing }
            return error
        }
        // Where the server is gone, the error says so, and the next restore drops it.
        guard var told = error as? PostgresBackupError, await maintenance.isConnected else { return error }
        told.message +=
            ". The database \(replacement) could not be dropped again, and takes room until the next restore of the set drops it: \(failure)"
        return told
    }

    private func open() async throws -> PostgresConnection {
        try await PostgresRestoreTarget.open(configuration, database: maintenance.endpoint.database)
    }

    private func drop() async throws {
        if await maintenance.isConnected { return try await drop(maintenance) }
        let other = try await open()
        defer { Task { await other.close() } }
        try await drop(other)
    }

    private func drop(_ connection: PostgresConnection) async throws {
        try await DatabaseDrop(connection: connection, configuration: configuration).drop(replacement)
    }
}
