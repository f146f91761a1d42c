// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PostgresBinaries {
    /// Finds a PostgreSQL installation.
    ///
    /// The first that is set or found counts: the explicit folder; the folder in the environment variable
    /// ``environmentVariable``; what `pg_config --bindir` says; the newest of the folders that packages use; `PATH`. A folder that was
    /// given, by argument or variable, is not silently replaced by another one.
    ///
    /// - Parameters:
    ///   - folder: The folder with `postgres` and `initdb`, or `nil` to search.
    ///   - environment: The variables to look at; `nil` stands for the process's own.
    /// - Throws: ``ThrowawayPostgresError`` with the code `binariesNotFound`, which lists where it looked and what to install.
    public static func find(
        folder: String? = nil, environment: [String: String]? = nil
    ) async throws -> PostgresBinaries {
        let environment = environment ?? ProcessInfo.processInfo.environment
        if let given = folder ?? environment[environmentVariable].flatMap({ $0.isEmpty ? nil : $0 }) {
            guard isComplete(given) else { throw notFound([given]) }
            return try await inspect(given)
        }
        var candidates: [String] = []
        if let configured = await configuredFolder(environment) { candidates.append(configured) }
        candidates += packagedFolders()
        candidates += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let found = candidates.first(where: isComplete) else { throw notFound(candidates) }
        return try await inspect(found)
    }

    /// Finds the oldest installation that is at least of a major version, so that what an old server wrote is tried on a server like it.
    ///
    /// - Parameter major: The major version: 15.
    /// - Returns: An older one, when there is nothing else.
    /// - Throws: As ``find(folder:environment:)``.
    public static func find(atLeast major: Int) async throws -> PostgresBinaries {
        let environment = ProcessInfo.processInfo.environment
        if (environment[environmentVariable] ?? "").isEmpty {
            var installed: [PostgresBinaries] = []
            for folder in packagedFolders() where isComplete(folder) {
                if let binaries = try? await inspect(folder) { installed.append(binaries) }
            }
            let fitting = installed.filter { $0.version.major >= major }
            if let oldest = fitting.min(by: { $0.version.major < $1.version.major }) { return oldest }
        }
        return try await find()
    }

    /// Asks the programs in a folder for their version.
    private static func inspect(_ folder: String) async throws -> PostgresBinaries {
        let program = folder.hasSuffix("/") ? folder + "postgres" : folder + "/postgres"
        let result = try await ProgramRun.output(of: program, ["--version"], environment: nil)
        guard let version = PostgresVersion(parsing: result.text) else {
            throw ThrowawayPostgresError(
                .binariesNotFound,
                "\(program) does not tell its version. Install PostgreSQL again or name another folder.",
                output: result.text + result.errorText)
        }
        guard version.major >= oldestMajorVersion else {
            throw ThrowawayPostgresError(
                .binariesNotFound,
                "\(folder) holds PostgreSQL \(version), at least \(oldestMajorVersion) is needed. Name the folder of a newer one."
            )
        }
        return PostgresBinaries(folder: folder, version: version)
    }

    /// What `pg_config` says, or `nil` without one. It belongs to the client library: its folder may lack the server.
    private static func configuredFolder(_ environment: [String: String]) async -> String? {
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            let program = "\(folder)/pg_config"
            guard FileManager.default.isExecutableFile(atPath: program) else { continue }
            let result = try? await ProgramRun.output(of: program, ["--bindir"], environment: environment)
            return (result?.text.split(whereSeparator: \.isNewline).first).map(String.init)
        }
        return nil
    }

    private static func notFound(_ looked: [String]) -> ThrowawayPostgresError {
        let list =
            looked.isEmpty
            ? "  (nowhere: PATH is empty and no package's folder exists)"
            : looked.map { "  " + $0 }.joined(separator: "\n")
        return ThrowawayPostgresError(
            .binariesNotFound,
            """
            No PostgreSQL server (programs postgres and initdb) was found. Install it (Debian, Ubuntu: apt-get install postgresql; \
            macOS: brew install postgresql@17) or set \(environmentVariable) to the folder that holds the programs. Looked in:
            \(list)
            """)
    }
}
