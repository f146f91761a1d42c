// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// How long the statements of a script may wait for locks and run, which the script itself cannot switch off.
///
/// Dumps begin with `SET lock_timeout = 0`. A script may set a shorter limit; a longer one is a directive.
struct ScriptLimits {
    var lockTimeout: Duration?
    var statementTimeout: Duration?

    /// A statement that is longer is no `SET` or `RESET`.
    private static let longest = 1000

    /// Sets the limits.
    ///
    /// - Parameter scope: `LOCAL` or `SESSION`.
    func settings(scope: String) -> [String] {
        limits.map { "SET \(scope) \($0.setting) = \($0.milliseconds)" }
    }

    /// What has to follow a statement of the script so that the limits hold again; they hold for the transaction.
    func restoring(after statement: ArraySlice<UInt8>) -> [String] {
        guard statement.count <= Self.longest, !limits.isEmpty, Self.mayChangeLimits(statement) else { return [] }
        return limits.filter(\.isLimited).map { Self.shortening($0.setting, to: $0.milliseconds, isLocal: true) }
    }

    /// Sets the limit for locks for the session, unless the script has set a shorter one; `nil` when there is none.
    var limitingLocks: String? {
        limits.first { $0.setting == "lock_timeout" && $0.isLimited }.map {
            Self.shortening($0.setting, to: $0.milliseconds, isLocal: false)
        }
    }

    private static func shortening(_ setting: String, to milliseconds: String, isLocal: Bool) -> String {
        """
        SELECT pg_catalog.set_config('\(setting)', \(milliseconds), \(isLocal)) \
        WHERE NOT pg_catalog.current_setting('\(setting)')::pg_catalog.interval \
        BETWEEN pg_catalog.interval '1 ms' AND pg_catalog.interval \(milliseconds)
        """
    }

    /// A limit of 0 is none, for PostgreSQL.
    private var limits: [(setting: String, milliseconds: String, isLimited: Bool)] {
        [("lock_timeout", lockTimeout), ("statement_timeout", statementTimeout)].compactMap { setting, limit in
            limit.map { (setting, SQLLiteral.milliseconds($0), $0 > .zero) }
        }
    }

    /// Rather once too often: what follows does nothing when nothing was changed.
    private static func mayChangeLimits(_ statement: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: statement, as: UTF8.self).lowercased()
        return text.contains("_timeout") || text.contains("reset") || text.contains("\\")
    }
}
