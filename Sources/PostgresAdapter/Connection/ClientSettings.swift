// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// How a program such as `pg_dump` connects to the server that a connection of ours leads to: the same one of several hosts, with
/// the same certificates and the same role.
///
/// The password goes through a ``PasswordFile``: in the arguments everybody could read it, and in a variable it would stand in what `ps`
/// prints for the same user and root.
struct ClientSettings: Sendable {
    /// One of libpq's connection settings.
    struct Setting: Hashable, Sendable {
        var keyword: String
        var value: String
        var isSecret: Bool
    }

    private let settings: [(keyword: String, value: String)]
    private let password: String?
    /// A secret that can be handed to no program: the pass phrase of a client's key.
    let hasSecretKey: Bool

    /// Settings that are about choosing a server, which is done, or about our own session.
    private static let left: Set<String> = [
        "host", "hostaddr", "port", "dbname", "user", "service", "servicefile", "passfile", "target_session_attrs",
        "load_balance_hosts", "client_encoding", "replication", "fallback_application_name", "application_name",
    ]

    init(_ settings: [Setting], password: String?, endpoint: PostgresEndpoint, hostAddress: String) {
        var kept = [("host", endpoint.host), ("port", endpoint.port), ("user", endpoint.user)]
        if !hostAddress.isEmpty && !endpoint.host.hasPrefix("/") { kept.append(("hostaddr", hostAddress)) }
        kept += settings.filter { !$0.isSecret && !Self.left.contains($0.keyword) }.map { ($0.keyword, $0.value) }
        self.settings = kept + [("dbname", endpoint.database), ("application_name", "strata backup")]
        self.password = password.flatMap { $0.isEmpty ? nil : $0 }
        hasSecretKey = settings.contains { $0.keyword == "sslpassword" }
    }

    /// libpq's connection string, without any secret.
    ///
    /// - Parameters:
    ///   - database: Another database of the same server.
    ///   - options: Settings of the server's for the session: `name=value`. Poolers do not know all of them.
    func connectionString(database: String? = nil, with options: [String] = []) -> String {
        var settings = settings
        if !options.isEmpty {
            let own = settings.last { $0.keyword == "options" }.map { [$0.value] } ?? []
            settings.removeAll { $0.keyword == "options" }
            settings.append(("options", (own + options.map { "-c \($0)" }).joined(separator: " ")))
        }
        return settings.map { keyword, value in
            "\(keyword)=\(Self.quoted(keyword == "dbname" ? database ?? value : value))"
        }.joined(separator: " ")
    }

    /// Runs a body with the variables that the program needs, which hold no secret and are valid no longer.
    func withEnvironment<Result>(
        _ more: [String: String] = [:], _ body: ([String: String]) async throws -> Result
    ) async throws -> Result {
        // Messages are read for progress and for their reasons. Without a password no other one may come from a file.
        var variables = more
        variables["LC_ALL"] = "C"
        variables["PGPASSFILE"] = "/dev/null"
        guard let password else { return try await body(variables) }
        let file = PasswordFile(password)
        if let file {
            variables["PGPASSFILE"] = file.path
        } else {
            // The next best: what the same user and root can read.
            variables["PGPASSWORD"] = password
        }
        let result = try await body(variables)
        withExtendedLifetime(file) {}
        return result
    }

    /// - Throws: ``PostgresBackupError`` of category `configuration` when a program cannot open the client's key.
    func requireNoSecretKey(for program: String) throws {
        guard hasSecretKey else { return }
        throw PostgresBackupError(
            .configuration,
            """
            the key of the client's certificate has a pass phrase (sslpassword), which cannot be handed to \(program) without \
            showing it to every user of this machine: use a key without one, in a file of mode 0600.
            """)
    }

    /// A text of the program, without the password.
    func withoutSecret(_ text: String) -> String {
        guard let password else { return text }
        return text.replacingBytes(of: password, with: "***")
    }

    /// A value as a connection string has it.
    static func quoted(_ value: String) -> String {
        var text = "'"
        for character in value.unicodeScalars {
            if character == "'" || character == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(character)
        }
        return text + "'"
    }
}
