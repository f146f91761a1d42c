// SPDX-License-Identifier: Apache-2.0

import Testing

/// A statement that PostgreSQL refuses in a transaction block, or may be thought to refuse.
struct TransactionCandidate: Sendable, CustomTestStringConvertible {
    enum Answer: Sendable {
        /// Refused, and known from the words of the statement.
        case refused
        /// Refused because of what it is about: the words do not tell, so it runs alone in a sequence only.
        case refusedForItsObject
        /// Executed because of what it is about: mostly it is refused, so it makes a sequence all the same.
        case allowedForItsObject
        /// Executed, or failed for a reason of its own.
        case allowed
    }

    let statement: String
    let answer: Answer
    /// The SQLSTATE of the refusal, or of a failure that has nothing to do with transactions.
    var sqlState: String? = "25001"
    /// The first version that knows the statement, or gives this answer.
    var since = 12
    /// The last version that gives this answer.
    var until = Int.max

    var testDescription: String { statement }

    /// What the statements are about. Executed one by one.
    static let setup = [
        "CREATE TABLE t (a int PRIMARY KEY, b int)", "CREATE INDEX i ON t (b)", "CLUSTER t USING i",
        "CREATE TABLE p (a int) PARTITION BY LIST (a)", "CREATE INDEX pi ON p (a)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)", "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)",
        "CREATE MATERIALIZED VIEW v AS SELECT a FROM t", "CREATE UNIQUE INDEX vi ON v (a)",
        "CREATE SCHEMA app", "CREATE TYPE mood AS ENUM ('sad')", "CREATE TYPE point2 AS (x int)",
        "CREATE PROCEDURE quiet() LANGUAGE sql AS 'SELECT 1'",
        "CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$",
        "CREATE PUBLICATION pub FOR TABLE t", "CREATE DATABASE other",
        "CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION pub, more WITH (connect = false)",
        "ALTER SUBSCRIPTION s ENABLE",
        "CREATE SUBSCRIPTION off CONNECTION 'dbname=none' PUBLICATION pub WITH (connect = false)",
        "CREATE SUBSCRIPTION slotless CONNECTION 'dbname=none' PUBLICATION pub WITH (connect = false, slot_name = NONE)",
    ]

    static let all: [TransactionCandidate] =
        refused.map { TransactionCandidate(statement: $0, answer: .refused) }
        + allowed.map { TransactionCandidate(statement: $0, answer: .allowed, sqlState: nil) }
        + [
            TransactionCandidate(statement: "REINDEX TABLE p", answer: .refusedForItsObject),
            TransactionCandidate(statement: "REINDEX INDEX pi", answer: .refusedForItsObject),
            TransactionCandidate(statement: "CLUSTER p USING pi", answer: .refusedForItsObject, since: 15),
            TransactionCandidate(statement: "CALL commits()", answer: .refusedForItsObject, sqlState: "2D000"),
            TransactionCandidate(
                statement: "DO $$ BEGIN CALL commits(); END $$", answer: .refusedForItsObject, sqlState: "2D000"),
            TransactionCandidate(statement: "DO $$ BEGIN COMMIT; END $$", answer: .refused, sqlState: "2D000"),
            TransactionCandidate(
                statement: "DO $x$ BEGIN IF true THEN ROLLBACK; END IF; END $x$", answer: .refused, sqlState: "2D000"),
            TransactionCandidate(
                statement: "DO LANGUAGE plpgsql 'BEGIN COMMIT AND CHAIN; END'", answer: .refused, sqlState: "2D000"),
            TransactionCandidate(
                statement: "ALTER TYPE mood ADD VALUE 'ok'; SELECT 'ok'::mood", answer: .refused, sqlState: "55P04"),
            TransactionCandidate(
                statement: "ALTER TYPE mood ADD VALUE 'ok'; DO $$ BEGIN PERFORM 'ok'::mood; END $$", answer: .refused,
                sqlState: "55P04"),
            TransactionCandidate(
                statement: "ALTER SUBSCRIPTION off SET (failover = true)", answer: .refused, since: 17),
            TransactionCandidate(
                statement: "ALTER SUBSCRIPTION off SET (binary, failover = false)", answer: .refused, since: 17),
            TransactionCandidate(
                statement: "ALTER SUBSCRIPTION off SET (two_phase = 'off')", answer: .refused, since: 18),
            TransactionCandidate(
                statement: "ALTER SUBSCRIPTION off SET (two_phase = true)", answer: .allowed, sqlState: nil, since: 18),
            TransactionCandidate(
                statement: "ALTER SUBSCRIPTION off SET (two_phase)", answer: .allowed, sqlState: nil, since: 18),
            TransactionCandidate(statement: "DROP SUBSCRIPTION slotless", answer: .allowedForItsObject, sqlState: nil),
            TransactionCandidate(
                statement: "ALTER TABLE p DETACH PARTITION p1 FINALIZE", answer: .allowed, sqlState: "55000", since: 14),
            // A type of the same transaction: until 16 that changes nothing.
            TransactionCandidate(
                statement: "CREATE TYPE n AS ENUM ('a'); ALTER TYPE n ADD VALUE 'ok'; SELECT 'ok'::n", answer: .refused,
                sqlState: "55P04", until: 16),
            TransactionCandidate(
                statement: "CREATE TYPE n AS ENUM ('a'); ALTER TYPE n ADD VALUE 'ok'; SELECT 'ok'::n",
                answer: .allowedForItsObject, sqlState: nil, since: 17),
            TransactionCandidate(statement: "REINDEX DATABASE", answer: .refused, since: 16),
            TransactionCandidate(statement: "REINDEX SYSTEM", answer: .refused, since: 16),
            TransactionCandidate(statement: "CLUSTER (VERBOSE)", answer: .refused, since: 17),
            TransactionCandidate(statement: "VACUUM (ONLY_DATABASE_STATS)", answer: .refused, since: 16),
        ]

    private static let refused = [
        "CREATE DATABASE another", "create /* */ database another TEMPLATE template0", "DROP DATABASE other",
        "DROP DATABASE IF EXISTS other WITH (FORCE)", "ALTER DATABASE other SET TABLESPACE pg_default",
        "CREATE TABLESPACE sp LOCATION '/nowhere'", "DROP TABLESPACE sp", "DROP TABLESPACE IF EXISTS sp",
        "CREATE SUBSCRIPTION n CONNECTION 'dbname=none' PUBLICATION pub",
        "CREATE SUBSCRIPTION n CONNECTION 'dbname=none' PUBLICATION pub WITH (create_slot, enabled = false)",
        "ALTER SUBSCRIPTION s REFRESH PUBLICATION", "ALTER SUBSCRIPTION s REFRESH PUBLICATION WITH (copy_data = false)",
        "ALTER SUBSCRIPTION s SET PUBLICATION pub", "ALTER SUBSCRIPTION s ADD PUBLICATION two",
        "ALTER SUBSCRIPTION s DROP PUBLICATION pub", "DROP SUBSCRIPTION s", "ALTER SYSTEM SET work_mem = '8MB'",
        "ALTER SYSTEM RESET ALL", "CREATE INDEX CONCURRENTLY ON t (a)", "CREATE UNIQUE INDEX CONCURRENTLY n ON t (a)",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS n ON ONLY t (a)", "DROP INDEX CONCURRENTLY i",
        "DROP INDEX CONCURRENTLY IF EXISTS i", "REINDEX INDEX CONCURRENTLY i", "REINDEX TABLE CONCURRENTLY t",
        "REINDEX (VERBOSE) TABLE CONCURRENTLY t", "REINDEX (CONCURRENTLY) TABLE t",
        "REINDEX (CONCURRENTLY on, VERBOSE) INDEX i", "REINDEX SCHEMA public", "REINDEX SCHEMA CONCURRENTLY public",
        "REINDEX (VERBOSE) SCHEMA public", "REINDEX SYSTEM strata_template", "REINDEX DATABASE strata_template",
        "REINDEX DATABASE CONCURRENTLY strata_template", "REINDEX (CONCURRENTLY) DATABASE strata_template",
        "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", "ALTER TABLE IF EXISTS p DETACH PARTITION p1 CONCURRENTLY",
        "ALTER TABLE ONLY p DETACH PARTITION p1 CONCURRENTLY",
        "ALTER TABLE p * DETACH PARTITION public.p1 CONCURRENTLY",
        "ALTER TABLE ONLY (public.p) DETACH PARTITION p1 CONCURRENTLY", "VACUUM", "VACUUM t",
        "VACUUM (FULL, ANALYZE) t",
        "VACUUM FULL VERBOSE ANALYZE t", "CLUSTER", "CLUSTER VERBOSE", "DISCARD ALL",
        "COMMIT PREPARED 'x'", "ROLLBACK PREPARED 'x'",
    ]

    private static let allowed = [
        "CREATE INDEX ON t (a)", "DROP INDEX i", "REINDEX TABLE t", "REINDEX INDEX i",
        "REINDEX (CONCURRENTLY off) TABLE t", "REINDEX (VERBOSE) INDEX i", "REFRESH MATERIALIZED VIEW v",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v", "ALTER TABLE p DETACH PARTITION p1",
        "ALTER TABLE p1 RENAME TO p3", "CLUSTER t", "CLUSTER t USING i", "CLUSTER VERBOSE t",
        "ANALYZE", "ANALYZE t", "DISCARD TEMP", "DISCARD PLANS", "DISCARD SEQUENCES",
        "ALTER DATABASE other SET work_mem = '8MB'", "ALTER DATABASE other RENAME TO renamed",
        "ALTER DATABASE other CONNECTION LIMIT 3", "COMMENT ON DATABASE other IS 'VACUUM'",
        "CREATE SUBSCRIPTION n CONNECTION 'dbname=none' PUBLICATION pub WITH (connect = false)",
        "CREATE SUBSCRIPTION n CONNECTION 'dbname=none' PUBLICATION pub WITH (connect = 'off', slot_name = NONE)",
        "ALTER SUBSCRIPTION s DISABLE", "ALTER SUBSCRIPTION s OWNER TO postgres",
        "ALTER SUBSCRIPTION s CONNECTION 'dbname=nowhere'",
        "ALTER SUBSCRIPTION s SET PUBLICATION pub WITH (refresh = false)",
        "ALTER SUBSCRIPTION s ADD PUBLICATION two WITH (refresh = off)", "ALTER SUBSCRIPTION s SET (binary = true)",
        "ALTER TYPE mood ADD VALUE 'ok'", "ALTER TYPE point2 ADD ATTRIBUTE y int",
        "ALTER TYPE mood RENAME VALUE 'sad' TO 'bad'",
        "CALL quiet()", "DO $$ BEGIN PERFORM 'COMMIT;'; END $$", "DO $$ DECLARE commit int; BEGIN commit := 1; END $$",
        "DO $$ DECLARE call int; rollback int; BEGIN rollback = 1; /* COMMIT; */ END $$", "CHECKPOINT",
        "LOAD 'plpgsql'",
        "EXPLAIN SELECT 1", "LISTEN c", "NOTIFY c, 'VACUUM'", "LOCK TABLE t", "TRUNCATE t",
        "CREATE SCHEMA n CREATE TABLE t ()",
        "SET work_mem = '8MB'", "ALTER INDEX pi ATTACH PARTITION p1_a_idx",
        "PREPARE q AS SELECT 1", "CREATE PUBLICATION n FOR ALL TABLES", "DROP PUBLICATION pub",
        "ALTER PUBLICATION pub DROP TABLE t",
        "SELECT 'CREATE INDEX CONCURRENTLY'", #"CREATE INDEX "concurrently" ON t (a)"#,
    ]
}
