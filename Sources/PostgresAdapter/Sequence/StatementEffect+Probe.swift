// SPDX-License-Identifier: Apache-2.0

/// The questions to the catalog. All of them are asked with the script's own role and search path.
extension StatementEffect {
    /// A query for the ``Note``, in one row or none; `nil` where nothing has to be noted.
    var noteQuery: String? {
        switch self {
        case .createsIndex(_, let table):
            "SELECT string_agg(indexrelid::text, ',') FROM pg_index WHERE indrelid = \(Self.relation(table))"
        case .rebuildsIndexes: "SELECT string_agg(indexrelid::text, ',') FROM pg_index WHERE NOT indisvalid"
        case .dropsIndex(let name): "SELECT \(Self.relation(name))::oid::text"
        case .detachesPartition(let child, let parent):
            """
            SELECT inhrelid::text FROM pg_inherits \
            WHERE inhrelid = \(Self.relation(child)) AND inhparent = \(Self.relation(parent))
            """
        default: outcomeQuery(before: nil)
        }
    }

    /// A query for ``outcome(before:rows:)``, whose first column is the number of an object; `nil` where nothing has to be asked.
    func outcomeQuery(before: Note?) -> String? {
        let isNoted = "IN (\(before ?? "0"))"
        switch self {
        case .createsIndex(let name, let table):
            let isNamed = name.map { " AND relname = \(SQLLiteral.string($0))" } ?? ""
            return Self.indexes("indrelid = \(Self.relation(table))\(isNamed)")
        case .rebuildsIndexes: return Self.indexes("NOT indisvalid AND relname ~ '_cc(new|old)[0-9]*$'")
        case .dropsIndex: return "SELECT indexrelid::text FROM pg_index WHERE indexrelid \(isNoted)"
        case .createsDatabase(let name), .dropsDatabase(let name):
            return Self.named(name, "SELECT oid::text FROM pg_database WHERE datname")
        case .createsTablespace(let name), .dropsTablespace(let name):
            return Self.named(name, "SELECT oid::text FROM pg_tablespace WHERE spcname")
        case .createsSubscription(let name), .dropsSubscription(let name):
            // The catalog is that of all databases.
            let here = "subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
            return Self.named(name, "SELECT oid::text FROM pg_subscription WHERE \(here) AND subname")
        case .endsPrepared(let literal):
            return """
                SELECT transaction::text FROM pg_prepared_xacts WHERE database = current_database() AND gid = \(literal)
                """
        case .detachesPartition:
            return """
                SELECT inhrelid::text, inhdetachpending, inhparent::regclass, inhrelid::regclass FROM pg_inherits \
                WHERE inhrelid \(isNoted)
                """
        case .resetsSession, .repeatable, .rewrites, .unknown: return nil
        }
    }

    /// A query for the indexes that are invalid after the statement succeeded, and must not be; `nil` for other statements.
    func validityQuery(before: Note?) -> String? {
        guard case .createsIndex(let name, let table) = self else { return nil }
        let relation = Self.relation(table)
        if let name {
            // IF NOT EXISTS is content with an index of another table, too.
            let schema = "(SELECT relnamespace FROM pg_class WHERE oid = \(relation))"
            return Self.indexes("NOT indisvalid AND relname = \(SQLLiteral.string(name)) AND relnamespace = \(schema)")
        }
        // Others that are invalid are none of its business, unless it has made none and so must have found one.
        let isNew = "indexrelid NOT IN (\(before ?? "0"))"
        return Self.indexes(
            """
            NOT indisvalid AND indrelid = \(relation) \
            AND (\(isNew) OR NOT EXISTS (SELECT FROM pg_index WHERE indrelid = \(relation) AND \(isNew)))
            """)
    }

    /// Indexes: number, whether valid, quoted name, and the process that builds an index of the same table at this moment, if any.
    ///
    /// What is built is known from the lock: the columns that name it are empty for roles that may not see everybody's statistics.
    static func indexes(_ condition: String) -> String {
        """
        SELECT indexrelid::text, indisvalid, quote_ident(nspname) || '.' || quote_ident(relname), (
            SELECT min(p.pid)::text FROM pg_stat_progress_create_index p JOIN pg_locks l ON l.pid = p.pid
            WHERE l.relation = indrelid AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted AND p.datname = current_database())
        FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace
        WHERE \(condition)
        """
    }

    private static func named(_ name: String, _ query: String) -> String { "\(query) = \(SQLLiteral.string(name))" }

    private static func relation(_ name: QualifiedName) -> String { "to_regclass(\(SQLLiteral.string(name.sql)))" }
}
