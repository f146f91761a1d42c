// SPDX-License-Identifier: Apache-2.0

extension OutcomeCase {
    private static let table = [
        "CREATE TABLE t (a int, b int)", "INSERT INTO t VALUES (1, 1), (1, 2)",
    ]
    private static let indexes = """
        SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid::regclass::text NOT LIKE 'schema_versions%' \
        AND indrelid > 16000 AND indrelid NOT IN (SELECT reltoastrelid FROM pg_class) ORDER BY indexrelid::regclass::text
        """
    private static let numbers =
        "SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_class WHERE relkind = 'i' AND oid > 16000"

    /// The three states of an index: not begun, done, and left invalid by a duplicate that was removed since.
    private static func states(
        _ name: String, _ statement: String, setup: [String] = table, proof: String = indexes, _ result: [String]
    ) -> [OutcomeCase] {
        [
            OutcomeCase(
                "\(name), not begun", setup: setup + ["DELETE FROM t WHERE b = 2"], statement, proof: proof, result),
            OutcomeCase(
                "\(name), done", setup: setup + ["DELETE FROM t WHERE b = 2"], statement, meanwhile: [statement],
                proof: proof, result, keeps: numbers),
            OutcomeCase(
                "\(name), left invalid", setup: setup, statement, meanwhile: [statement, "DELETE FROM t WHERE b = 2"],
                proof: proof, result),
        ]
    }

    static let createdIndexes: [OutcomeCase] =
        states("named", "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", ["i|t"])
        + states("named, if not exists", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", ["i|t"])
        + states("unnamed", "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", ["t_a_idx|t"])
        + states("quoted", #"CREATE UNIQUE INDEX CONCURRENTLY "I ""1""" ON "t" (a)"#, [#""I ""1"""|t"#])
        + states("with escapes", #"CREATE UNIQUE INDEX CONCURRENTLY U&"\0069x" ON t (a)"#, ["ix|t"])
        + states("beyond ASCII", "CREATE UNIQUE INDEX CONCURRENTLY ÄRGER ON t (a)", [#""Ärger"|t"#])
        + states(
            "longer than 63 bytes", "CREATE UNIQUE INDEX CONCURRENTLY \(String(repeating: "é", count: 35)) ON t (a)",
            ["\"\(String(repeating: "é", count: 31))\"|t"])
        + states(
            "in another schema", "CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY s.t (a)",
            setup: [
                "CREATE SCHEMA s", "CREATE TABLE s.t (a int, b int)", "INSERT INTO s.t VALUES (1, 1), (1, 2)",
                "CREATE VIEW t AS SELECT * FROM s.t",
            ], ["s.i|t"])
        + [
            OutcomeCase(
                "unnamed, beside an older one that is invalid",
                setup: table + ["CREATE UNIQUE INDEX CONCURRENTLY old ON t (a)"],
                "CREATE INDEX CONCURRENTLY ON t (a)", proof: indexes, ["old|f", "t_a_idx|t"]),
            OutcomeCase(
                "unnamed and done, beside an older one that is invalid",
                setup: table + ["CREATE UNIQUE INDEX CONCURRENTLY old ON t (a)"], "CREATE INDEX CONCURRENTLY ON t (a)",
                meanwhile: ["CREATE INDEX CONCURRENTLY ON t (a)"], proof: indexes, ["old|f", "t_a_idx|t"],
                keeps: numbers),
            OutcomeCase(
                "rebuilt, and broken off before the exchange",
                setup: table + ["CREATE INDEX i ON t (b)", "CREATE UNIQUE INDEX CONCURRENTLY old_ccnew ON t (a)"],
                "REINDEX TABLE CONCURRENTLY t", meanwhile: ["CREATE UNIQUE INDEX CONCURRENTLY i_ccnew1 ON t (a)"],
                proof: indexes, ["i|t", "old_ccnew|f"]),
        ]

    static let droppedIndexes: [OutcomeCase] = [
        OutcomeCase(
            "not begun", setup: table + ["CREATE INDEX i ON t (a)"], "DROP INDEX CONCURRENTLY i", proof: indexes, []),
        OutcomeCase(
            "done", setup: table + ["CREATE INDEX i ON t (a)"], "DROP INDEX CONCURRENTLY i",
            meanwhile: ["DROP INDEX i"], proof: indexes, []),
        OutcomeCase(
            "half done", setup: table + [#"CREATE INDEX "I" ON t (a)"#], #"DROP INDEX CONCURRENTLY IF EXISTS "I""#,
            meanwhile: [
                "SET allow_system_table_mods = on",
                #"UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = '"I"'::regclass"#,
            ], proof: indexes, []),
        OutcomeCase("never there", setup: table, "DROP INDEX CONCURRENTLY IF EXISTS i", proof: indexes, []),
        OutcomeCase(
            "done, and another of the name is further down the path",
            setup: table + [
                "CREATE SCHEMA s", "CREATE TABLE s.u (a int)", "CREATE INDEX i ON t (a)", "CREATE INDEX i ON s.u (a)",
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, s', current_database()); END $$",
            ], "DROP INDEX CONCURRENTLY i", meanwhile: ["DROP INDEX public.i"], proof: indexes, ["i|t"], keeps: numbers),
        OutcomeCase(
            "done, and made again by somebody else", setup: table + ["CREATE INDEX i ON t (a)"],
            "DROP INDEX CONCURRENTLY i", meanwhile: ["DROP INDEX i", "CREATE INDEX i ON t (b)"], proof: indexes,
            ["i|t"],
            keeps: numbers),
    ]

    private static let partitions = [
        "CREATE TABLE p (a int) PARTITION BY LIST (a)", #"CREATE TABLE "P 1" PARTITION OF p FOR VALUES IN (1)"#,
    ]
    private static let detach = #"ALTER TABLE IF EXISTS p DETACH PARTITION "P 1" CONCURRENTLY"#
    private static let attached = "SELECT count(*) FROM pg_inherits"

    static let detached: [OutcomeCase] = [
        OutcomeCase("not begun", setup: partitions, detach, proof: attached, ["0"]),
        OutcomeCase(
            "done", setup: partitions, detach, meanwhile: [#"ALTER TABLE p DETACH PARTITION "P 1""#], proof: attached,
            ["0"]),
        OutcomeCase(
            "done, and the partition is dropped", setup: partitions, detach, meanwhile: [#"DROP TABLE "P 1""#],
            proof: attached, ["0"]),
        OutcomeCase(
            "of ONLY the table", setup: partitions, #"ALTER TABLE ONLY p DETACH PARTITION "P 1" CONCURRENTLY"#,
            proof: attached, ["0"]),
    ]
}
