// SPDX-License-Identifier: Apache-2.0

/// What became of a statement whose end nobody saw.
enum StatementOutcome: Hashable {
    case done
    /// To be executed once more, after some cleaning up.
    case notDone(cleanUp: [String])
    /// Half done: these statements complete it.
    case toBeFinished([String])
    case unknown
}

extension StatementEffect {
    /// A query for ``outcome(rows:)``; `nil` where nothing has to be asked.
    ///
    /// - Parameter before: What ``noteQuery`` found before the statement was started.
    func outcomeQuery(before: String?) -> String? {
        func exists(_ catalog: String, _ column: String, _ name: String) -> String {
            "SELECT 1 FROM \(catalog) WHERE \(column) = \(SQLLiteral.string(name))"
        }
        switch self {
        case .createsIndex(let name, let table):
            return Self.indexes(of: table, named: name, except: before ?? "")
        case .dropsIndex(let name): return "SELECT 1 WHERE to_regclass(\(SQLLiteral.string(name.sql))) IS NOT NULL"
        case .createsDatabase(let name), .dropsDatabase(let name): return exists("pg_database", "datname", name)
        case .createsTablespace(let name), .dropsTablespace(let name): return exists("pg_tablespace", "spcname", name)
        case .createsSubscription(let name), .dropsSubscription(let name):
            return exists("pg_subscription", "subname", name)
        case .endsPrepared(let literal): return "SELECT 1 FROM pg_prepared_xacts WHERE gid = \(literal)"
        case .detachesPartition(let child, let parent):
            return """
                SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass(\(SQLLiteral.string(child.sql))) \
                AND inhparent = to_regclass(\(SQLLiteral.string(parent.sql)))
                """
        case .resetsSession, .repeatable, .unknown: return nil
        }
    }

    /// The indexes of a table that were not there before: quoted name, whether valid.
    static func indexes(of table: QualifiedName, named name: String?, except before: String) -> String {
        """
        SELECT quote_ident(nspname) || '.' || quote_ident(relname), indisvalid
        FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace
        WHERE indrelid = to_regclass(\(SQLLiteral.string(table.sql)))
            AND indexrelid::text <> ALL (string_to_array(\(SQLLiteral.string(before)), ','))
        """ + (name.map { " AND relname = \(SQLLiteral.string($0))" } ?? "")
    }

    /// What has to be noted before the statement is started, as an expression in SQL.
    var noteExpression: String {
        guard case .createsIndex(_, let table) = self else { return "NULL" }
        return """
            (SELECT string_agg(indexrelid::text, ',') FROM pg_index \
            WHERE indrelid = to_regclass(\(SQLLiteral.string(table.sql))))
            """
    }

    /// What the rows of ``outcomeQuery(before:)`` mean.
    func outcome(rows: [[String?]]) -> StatementOutcome {
        switch self {
        case .createsIndex:
            let invalid = rows.filter { $0.last != "t" }.compactMap { $0.first ?? nil }
            if !invalid.isEmpty { return .notDone(cleanUp: invalid.map { "DROP INDEX CONCURRENTLY IF EXISTS \($0)" }) }
            return rows.isEmpty ? .notDone(cleanUp: []) : .done
        case .createsDatabase, .createsTablespace, .createsSubscription:
            return rows.isEmpty ? .notDone(cleanUp: []) : .done
        case .dropsIndex, .dropsDatabase, .dropsTablespace, .dropsSubscription, .endsPrepared:
            return rows.isEmpty ? .done : .notDone(cleanUp: [])
        case .detachesPartition(let child, let parent):
            guard let row = rows.first else { return .done }
            return row.first == "t"
                ? .toBeFinished(["ALTER TABLE \(parent.sql) DETACH PARTITION \(child.sql) FINALIZE"])
                : .notDone(cleanUp: [])
        case .resetsSession, .repeatable: return .notDone(cleanUp: [])
        case .unknown: return .unknown
        }
    }
}
