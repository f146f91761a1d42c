// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One call of `pg_dumpall --globals-only`: roles, their memberships and settings, tablespaces.
struct PostgresGlobals: Sendable {
    /// Where they go, within the set.
    static let path = "postgres_globals.sql"

    /// How many of the last bytes have the line that ends everything.
    static let endLength = 512

    /// Whether a file that ends with this text is whole.
    static func isEnd(_ text: String) -> Bool { text.contains("PostgreSQL database cluster dump complete") }

    let program: String
    let settings: ClientSettings
    let launcher: any ProcessLauncher
    let withPasswords: Bool
    let environment: [String: String]

    /// - Throws: ``PostgresBackupError`` of category `store` when it did not end well or its end is missing; what the destination
    ///   throws.
    func run(database: String, to destination: any BackupDestination) async throws {
        // A bare name with a "=" in it would be read as a connection string.
        var arguments = [
            "--globals-only", "--no-password", "--dbname=\(settings.connectionString())",
            "--database=dbname=\(ClientSettings.quoted(database))",
        ]
        if !withPasswords { arguments.append("--no-role-passwords") }
        let writer = try await destination.makeFile(Self.path)
        let sink = EndKeepingSink(writer)
        let messages = ProgramMessages()
        let end = try await settings.withEnvironment(environment) { [arguments] environment in
            let command = ProcessCommand(program: program, arguments: arguments, environment: environment)
            return try await launcher.run(command, output: sink) { messages.add($0) }
        }
        try Task.checkCancellation()
        guard end.isSuccess else {
            throw PostgresBackupError(
                .store,
                """
                pg_dumpall failed (\(end)): \(settings.withoutSecret(messages.reason)). Where the role may not read \
                what belongs to the whole server, leave the globals out.
                """)
        }
        guard Self.isEnd(sink.end) else {
            throw PostgresBackupError(.store, "pg_dumpall ended without the line that ends its output")
        }
        try await writer.finish()
    }
}
