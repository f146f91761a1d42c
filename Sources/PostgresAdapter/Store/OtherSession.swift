// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Another session of the server, as a line for people: one that holds what we want.
///
/// A role sees what the sessions of other roles run only if it has `pg_read_all_stats` (PostgreSQL documentation,
/// "pg_stat_activity"); what it does not see is left out.
struct OtherSession: Hashable {
    var process: String
    var program: String?
    var user: String?
    var address: String?
    var connectedSeconds: String?
    var state: String?
    var statement: String?
    var statementSeconds: String?

    /// The columns of ``init(row:)``, of `pg_stat_activity a`.
    static let columns = """
        a.pid::text, nullif(a.application_name, ''), a.usename::text, \
        coalesce(a.client_addr::text, CASE WHEN a.backend_start IS NOT NULL THEN 'the server''s own machine' END), \
        extract(epoch FROM clock_timestamp() - a.backend_start)::bigint::text, a.state, left(a.query, 1000), \
        extract(epoch FROM clock_timestamp() - a.query_start)::bigint::text
        """
    static let columnCount = 8

    /// A row with ``columns``; `nil` when it has not as many.
    init?(row: ArraySlice<String?>) {
        guard row.count == Self.columnCount, let process = row[row.startIndex] else { return nil }
        func column(_ index: Int) -> String? { row[row.startIndex + index] }
        self.process = process
        program = column(1)
        user = column(2)
        address = column(3)
        connectedSeconds = column(4)
        state = column(5)
        statement = column(6).flatMap { $0 == "<insufficient privilege>" ? nil : $0 }
        statementSeconds = column(7)
    }

    var holder: LockHolder {
        var parts = ["\(program ?? "unnamed program"), process \(process) of user \(user ?? "?")"]
        if let address { parts[0] += " from \(address)" }
        if let connectedSeconds { parts.append("connected for \(connectedSeconds) s") }
        if let activity { parts.append(activity) }
        return LockHolder(description: parts.joined(separator: ", "))
    }

    private var activity: String? {
        guard let state, let statement = statement.map(StatementSummary.init)?.text else { return nil }
        let time = statementSeconds.map { " for \($0) s" } ?? ""
        return switch state {
        case "active": "running\(time): \(statement)"
        case "idle": "idle\(time)"
        default: "\(state)\(time) after: \(statement)"
        }
    }
}
