// SPDX-License-Identifier: Apache-2.0

extension OutcomeCase {
    /// Objects of the whole server; each case with a name of its own.
    static func databases(_ name: String) -> [OutcomeCase] {
        let proof = "SELECT count(*) FROM pg_database WHERE datname = '\(name)'"
        let number = "SELECT oid FROM pg_database WHERE datname = '\(name)'"
        let (create, drop) = (#"CREATE DATABASE "\#(name)""#, #"DROP DATABASE IF EXISTS "\#(name)" WITH (FORCE)"#)
        return [
            OutcomeCase("created, not begun", setup: [drop], create, proof: proof, ["1"]),
            OutcomeCase(
                "created, done", setup: [drop], create, meanwhile: [create], proof: proof, ["1"], keeps: number),
            OutcomeCase("dropped, not begun", setup: [drop, create], drop, proof: proof, ["0"]),
            OutcomeCase("dropped, done", setup: [drop, create], drop, meanwhile: [drop], proof: proof, ["0"]),
            OutcomeCase(
                "dropped, done, and made again", setup: [drop, create], drop, meanwhile: [drop, create], proof: proof,
                ["1"], keeps: number),
        ]
    }

    static func tablespaces(_ name: String, folder: String) -> [OutcomeCase] {
        let proof = "SELECT count(*) FROM pg_tablespace WHERE spcname = '\(name)'"
        let number = "SELECT oid FROM pg_tablespace WHERE spcname = '\(name)'"
        // Made by the server, so that it belongs to the server's account.
        let clean = ["DROP TABLESPACE IF EXISTS \(name)", "COPY (SELECT 1) TO PROGRAM 'mkdir -p \(folder)'"]
        let (create, drop) = ("CREATE TABLESPACE \(name) LOCATION '\(folder)'", "DROP TABLESPACE \(name)")
        return [
            OutcomeCase("created, not begun", setup: clean, create, proof: proof, ["1"]),
            OutcomeCase("created, done", setup: clean, create, meanwhile: [create], proof: proof, ["1"], keeps: number),
            OutcomeCase("dropped, not begun", setup: clean + [create], drop, proof: proof, ["0"]),
            OutcomeCase("dropped, done", setup: clean + [create], drop, meanwhile: [drop], proof: proof, ["0"]),
        ]
    }

    private static let prepare = [
        "CREATE TABLE t (a int)", "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'it''s'",
    ]
    private static let rows = "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM pg_prepared_xacts)"

    static let prepared: [OutcomeCase] = [
        OutcomeCase("committed, not begun", setup: prepare, "COMMIT PREPARED 'it''s'", proof: rows, ["1|0"]),
        OutcomeCase(
            "committed, done", setup: prepare, "COMMIT PREPARED 'it''s'", meanwhile: ["COMMIT PREPARED 'it''s'"],
            proof: rows, ["1|0"]),
        OutcomeCase("rolled back, not begun", setup: prepare, "ROLLBACK PREPARED 'it''s'", proof: rows, ["0|0"]),
        OutcomeCase(
            "rolled back, done", setup: prepare, "ROLLBACK PREPARED 'it''s'", meanwhile: ["ROLLBACK PREPARED 'it''s'"],
            proof: rows, ["0|0"]),
    ]

    private static let subscribe = [
        "CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false, slot_name = NONE)"
    ]
    private static let subscriptions = """
        SELECT count(*) FROM pg_subscription \
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    static let dropped: [OutcomeCase] = [
        OutcomeCase("not begun", setup: subscribe, "DROP SUBSCRIPTION s", proof: subscriptions, ["0"]),
        OutcomeCase(
            "done", setup: subscribe, "DROP SUBSCRIPTION IF EXISTS s", meanwhile: ["DROP SUBSCRIPTION s"],
            proof: subscriptions, ["0"]),
    ]

    static let repeated: [OutcomeCase] = [
        "VACUUM (FULL, ANALYZE) t", "VACUUM t", "REINDEX TABLE CONCURRENTLY t", "REINDEX INDEX CONCURRENTLY i",
        "REINDEX SCHEMA public", "CLUSTER",
    ].map { statement in
        OutcomeCase(
            statement, setup: ["CREATE TABLE t (a int)", "CREATE INDEX i ON t (a)"], statement, meanwhile: [statement],
            proof: "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 't'::regclass", ["i|t"])
    }
}
