// SPDX-License-Identifier: Apache-2.0

/// A setting of a database, as `ALTER DATABASE … SET` stores it.
///
/// What is in a database can depend on it: a default that calls `current_setting('app.tenant')`, a view over amounts of `money`.
struct DatabaseSetting: Hashable, Sendable {
    let name: String
    let value: String

    /// - Parameter stored: `name=value`.
    init?(_ stored: String) {
        let parts = Array(stored.utf8).split(
            separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        name = String(decoding: parts[0], as: UTF8.self)
        value = String(decoding: parts[1], as: UTF8.self)
    }

    /// Settings that are lists of names: they are stored as SQL writes them (`variable_is_guc_list_quote` of PostgreSQL).
    private static let lists: Set<String> = [
        "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries",
        "temp_tablespaces", "unix_socket_directories",
    ]

    /// Settings that would be in the way of a restore, and that nothing which is stored depends on.
    private static let obstacles: Set<String> = [
        "default_transaction_read_only", "default_transaction_isolation", "default_transaction_deferrable",
        "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout",
        "transaction_timeout", "role", "session_authorization", "default_tablespace", "temp_tablespaces",
        "session_preload_libraries", "local_preload_libraries", "session_replication_role", "temp_file_limit",
    ]

    /// Whether a database into which something is restored should have it meanwhile.
    var isForRestoring: Bool { !Self.obstacles.contains(name.lowercased()) }

    /// The statement that gives it to a database.
    func sql(for database: String) -> String {
        let parts = name.split(separator: ".").map { SQLLiteral.identifier(String($0)) }
        let isList = Self.lists.contains(name.lowercased()) && !value.isEmpty
        return """
            ALTER DATABASE \(SQLLiteral.identifier(database)) SET \(parts.joined(separator: ".")) \
            TO \(isList ? value : SQLLiteral.string(value))
            """
    }
}
