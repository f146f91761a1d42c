// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Proves what a set holds of a PostgreSQL database: with `pg_restore`, and on a throw-away server.
public struct PostgresArtifactVerifier<Servers: ProvingServers>: ArtifactVerifier {
    public var store: StoreName { .postgres }

    let launcher: any ProcessLauncher
    let servers: Servers
    let programs: String?

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - launcher: Starts `pg_restore` and `psql`.
    ///   - servers: Starts servers for ``restoreForProof(_:observe:)``.
    ///   - programs: The folder of PostgreSQL's programs; `nil`: the ones that fit the dump are looked for.
    public init(launcher: any ProcessLauncher, servers: Servers, programs: String? = nil) {
        self.launcher = launcher
        self.servers = servers
        self.programs = programs
    }

    public func findUnreadable(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        let details = try PostgresDetails(part)
        guard DumpFile.isThere(part, details) else { return ["\(details.dump) is missing"] }
        return try await PostgresBackupError.telling("reading \(details.dump)") {
            let restore = try await PostgresProgram.find(
                "pg_restore", atLeast: details.programMajor, folder: programs,
                purpose: "\(details.dump) was written by pg_dump \(details.programVersion)", launcher: launcher)
            let dump = try DumpFile(part, details, program: restore, launcher: launcher)
            var problems = try await dump.unreadable(observe: observe)
            if problems.isEmpty { problems += try await dump.missingTables() }
            return try problems + globalsProblems(part, details) + unknown(part, details)
        }
    }

    /// Files that no restore would read: what the backup wrote, it knows.
    private func unknown(_ part: StoredPart, _ details: PostgresDetails) -> [String] {
        part.artifacts.filter { artifact in
            !DumpFile.belongs(artifact.path, to: details)
                && details.globals.map(ExactName.init) != ExactName(artifact.path)
        }.map { "\($0.path) belongs to nothing that was saved of PostgreSQL" }
    }

    private func globalsProblems(_ part: StoredPart, _ details: PostgresDetails) throws -> [String] {
        guard let globals = details.globals else { return [] }
        guard let artifact = part.artifacts.first(where: { $0.path == globals }) else {
            return ["\(globals) is missing"]
        }
        let end = try FileEnd.text(of: part.location(of: artifact), bytes: PostgresGlobals.endLength)
        return PostgresGlobals.isEnd(end) ? [] : ["\(globals) stops before its end"]
    }

    public func restoreForProof(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof {
        let details = try PostgresDetails(part)
        let major = part.snapshot.serverVersion.flatMap { Int($0.prefix(while: \.isNumber)) } ?? details.programMajor
        observe(.waiting("a throw-away PostgreSQL server starts"))
        let server = try await start(major: major)
        do {
            let proof = try await PostgresBackupError.telling("proving \(details.dump) on a throw-away server") {
                try await ProvingRun(part: part, details: details, major: major, server: server, launcher: launcher)
                    .perform(observe: observe)
            }
            await server.stop()
            return proof
        } catch {
            await server.stop()
            throw error
        }
    }

    private func start(major: Int) async throws -> Servers.Server {
        do {
            return try await servers.start(major: major)
        } catch let error as any BackupError {
            throw error
        } catch {
            if Task.isCancelled || error is CancellationError {
                throw PostgresBackupError(.cancelled, "interrupted while a throw-away server was being started")
            }
            throw PostgresBackupError(.configuration, "no throw-away server could be started for the proof: \(error)")
        }
    }
}
