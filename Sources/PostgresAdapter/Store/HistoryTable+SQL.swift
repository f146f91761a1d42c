// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension HistoryTable {
    /// Reads the whole history, whether or not the table has the column `compatible_with`, which is added only when a migration
    /// needs it: where it has none, the name means the column of `absent`.
    var selectHistory: String {
        """
        SELECT h.* FROM (SELECT NULL AS compatible_with) AS absent, LATERAL (SELECT component, version::text, checksum, \
        description, applied_at::text, compatible_with::text FROM \(sql)) AS h
        """
    }

    /// Creates the table as it exists in the field. To be executed under the lock only.
    var create: String {
        """
        CREATE TABLE IF NOT EXISTS \(sql) (
            component varchar(100) NOT NULL DEFAULT 'core',
            version bigint NOT NULL,
            checksum varchar(128) NOT NULL,
            applied_at timestamp DEFAULT CURRENT_TIMESTAMP,
            description text,
            PRIMARY KEY (component, version)
        )
        """
    }

    /// Everything that has to be known before something is written, in one row of text: recovery, read-only, the version
    /// column's type, what the role may do, and tables of the same name that a search path would find elsewhere.
    var selectCondition: String {
        """
        SELECT pg_is_in_recovery(), current_setting('transaction_read_only'), current_user,
            (SELECT format_type(atttypid, NULL) FROM pg_attribute
                WHERE attrelid = history AND attname = 'version' AND NOT attisdropped),
            CASE WHEN history IS NULL THEN NULL ELSE has_table_privilege(history, 'INSERT') END,
            CASE WHEN namespace IS NULL THEN NULL ELSE has_schema_privilege(namespace, 'CREATE') END,
            (SELECT string_agg(nspname || '.' || relname, ', ') FROM pg_class c
                JOIN pg_namespace n ON n.oid = relnamespace
                WHERE relname = \(SQLLiteral.string(name)) AND c.oid IS DISTINCT FROM history
                AND nspname = ANY (current_schemas(false)))
        FROM (SELECT to_regclass(\(SQLLiteral.string(sql)))::oid, to_regnamespace(\(SQLLiteral.string(schemaSQL)))::oid)
            AS found (history, namespace)
        """
    }

    private var schemaSQL: String { SQLLiteral.identifier(schema) }

    /// Tries to take the lock of this table for the session, if the server's process is the one that we think it is.
    ///
    /// One row: whether it was taken, or NULL where the process is another one. Behind a pooler a lock that is taken by mistake
    /// could not be given back.
    func tryLock(process: Int32) -> String {
        "SELECT CASE WHEN pg_backend_pid() = \(process) THEN pg_try_advisory_lock(\(lockKey)) END"
    }

    /// The number of the server's process that holds the lock.
    var selectLockProcess: String { "SELECT pid FROM pg_locks l WHERE \(isLock)" }

    /// Who holds the lock: a row for `OtherSession`.
    var selectLockHolder: String {
        """
        SELECT \(OtherSession.columns)
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE \(isLock)
        LIMIT 1
        """
    }

    /// Ends the session that holds the lock, if it is one of these.
    func endLockHolder(among sessions: Set<FormerSessions.Identity>) -> String {
        let list = sessions.map { "(\($0.process), \($0.start))" }.sorted().joined(separator: ", ")
        return """
            SELECT pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE \(isLock) AND (a.pid, extract(epoch FROM a.backend_start)) IN (\(list))
            """
    }

    /// A condition for the row of `pg_locks l` that is the lock, held by somebody.
    private var isLock: String {
        let key = UInt64(bitPattern: lockKey)
        return """
            l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND l.classid = \(key >> 32)::oid AND l.objid = \(key & 0xFFFF_FFFF)::oid
            """
    }

    /// Fails (division by zero) unless this is the process that took the lock and its session holds it still; and keeps others
    /// out until the transaction ends, whatever the script does to the session's lock.
    ///
    /// Only the release of a lock tells whether the session held it: so, under the protection of the transaction's, it is
    /// released and taken again.
    func fence(process: Int32) -> String {
        """
        SELECT 1 / CASE WHEN pg_backend_pid() = \(process) AND pg_try_advisory_xact_lock(\(lockKey)) \
        THEN pg_advisory_unlock(\(lockKey))::int * pg_try_advisory_lock(\(lockKey))::int ELSE 0 END
        """
    }

    /// Takes the session's lock once more, which does no harm, in case that the script released it. The transaction's is held.
    var keepLock: String { "SELECT pg_try_advisory_lock(\(lockKey))" }
}
