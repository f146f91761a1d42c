// SPDX-License-Identifier: Apache-2.0

import PostgresSyntax
import Testing

@Suite("StatementKind")
struct StatementKindTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var kind: StatementKind
        var texts: [String]

        init(_ kind: StatementKind, _ texts: [String]) {
            self.kind = kind
            self.texts = texts
        }

        init(_ command: OutsideTransactionCommand, _ texts: [String]) {
            self.init(.outsideTransaction(command), texts)
        }

        var testDescription: String { "\(kind)" }
    }

    static let transactions: [Case] = [
        Case(
            .begin(hasModes: false),
            ["BEGIN;", "begin", "BEGIN WORK;", "Begin Transaction", "START TRANSACTION;", "/* a */ BEGIN -- b\n;"]),
        Case(
            .begin(hasModes: true),
            [
                "BEGIN ISOLATION LEVEL SERIALIZABLE;", "BEGIN READ ONLY", "BEGIN WORK NOT DEFERRABLE",
                "START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE;",
            ]),
        Case(
            .commit(chain: false),
            ["COMMIT;", "END", "COMMIT WORK", "END TRANSACTION;", "COMMIT AND NO CHAIN;", "commit/**/;"]),
        Case(.commit(chain: true), ["COMMIT AND CHAIN;", "END WORK AND CHAIN", "COMMIT TRANSACTION AND /**/ CHAIN"]),
        Case(.rollback(chain: false), ["ROLLBACK;", "ABORT", "ROLLBACK WORK", "ABORT TRANSACTION AND NO CHAIN;"]),
        Case(.rollback(chain: true), ["ROLLBACK AND CHAIN;", "ABORT WORK AND CHAIN"]),
        Case(
            .rollbackToSavepoint, ["ROLLBACK TO a;", "ROLLBACK WORK TO SAVEPOINT a", "ROLLBACK TRANSACTION TO \"a\";"]),
        Case(.savepoint, ["SAVEPOINT a;"]),
        Case(.release, ["RELEASE a;", "RELEASE SAVEPOINT a;"]),
        Case(.prepareTransaction, ["PREPARE TRANSACTION 'a';"]),
        Case(.commitPrepared, ["COMMIT PREPARED 'a';"]),
        Case(.rollbackPrepared, ["ROLLBACK PREPARED 'a'"]),
        Case(
            .other,
            [
                "", ";", "-- BEGIN\n", "/* COMMIT */", "SELECT 1;", "\"begin\";", "'COMMIT'", "BEGINNING", "beginx;",
                "ENDED",
                "PREPARE transaction AS SELECT 1;", "PREPARE p AS SELECT 1", "START", "begin_work()", "$$BEGIN$$",
                "(BEGIN)",
            ]),
        Case(.call, ["CALL p();", "call s.p(1, 'a')"]),
        Case(
            .alterTypeAddValue,
            ["ALTER TYPE t ADD VALUE 'a';", "alter type \"s\".\"t\" add value if not exists 'a' before 'b'"]),
        Case(
            .other,
            [
                "ALTER TYPE t ADD ATTRIBUTE a int;", "ALTER TYPE t RENAME VALUE 'a' TO 'b'",
                "ALTER TYPE add RENAME TO value;",
            ]),
    ]

    static let copies: [Case] = [
        Case(
            .copyFromStdin,
            [
                "COPY t FROM STDIN;", "copy s.t (a, \"b\") from stdin with (format csv);", "COPY \"from\" FROM stdin",
                "COPY BINARY t FROM STDIN;", "COPY t (\"to\") FROM /* 'f' */ STDIN", "COPY t FROM STDOUT;",
                "COPY db.s.t FROM STDIN CSV HEADER",
            ]),
        Case(
            .other,
            [
                "COPY t FROM 'file';", "COPY t TO STDOUT;", "COPY (SELECT a FROM stdin) TO STDOUT;",
                "COPY t FROM PROGRAM 'stdin';",
                "COPY t TO 'f';", "COPY t", "COPY (DELETE FROM stdin RETURNING 1) TO 'x'", "COPY t FROM \"stdin\"",
            ]),
    ]

    static let outside: [Case] = [
        Case(.createDatabase, ["CREATE DATABASE d;"]),
        Case(.dropDatabase, ["DROP DATABASE IF EXISTS d;"]),
        Case(.alterDatabaseSetTablespace, ["ALTER DATABASE d SET TABLESPACE t;"]),
        Case(.createTablespace, ["CREATE TABLESPACE t LOCATION '/x';"]),
        Case(.dropTablespace, ["DROP TABLESPACE t"]),
        Case(
            .createSubscription,
            [
                "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p;",
                "CREATE SUBSCRIPTION s CONNECTION 'create_slot=false' PUBLICATION p WITH (copy_data = false);",
                "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (create_slot);",
                "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (create_slot = true)",
            ]),
        Case(.dropSubscription, ["DROP SUBSCRIPTION s;"]),
        Case(
            .alterSubscription,
            [
                "ALTER SUBSCRIPTION s REFRESH PUBLICATION;", "ALTER SUBSCRIPTION s SET PUBLICATION p;",
                "ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (refresh = true);",
                "ALTER SUBSCRIPTION s DROP PUBLICATION p WITH (copy_data = off)",
                "ALTER SUBSCRIPTION s SET (failover = true);", "ALTER SUBSCRIPTION s SET (two_phase = false);",
            ]),
        Case(.alterSystem, ["ALTER SYSTEM SET a = b;", "ALTER SYSTEM RESET ALL"]),
        Case(
            .createIndexConcurrently,
            [
                "CREATE INDEX CONCURRENTLY i ON t (a);",
                "create /* */ unique index -- x\n concurrently if not exists i on t (a)",
            ]),
        Case(.dropIndexConcurrently, ["DROP INDEX CONCURRENTLY IF EXISTS i;"]),
        Case(
            .reindexConcurrently,
            [
                "REINDEX TABLE CONCURRENTLY t;", "REINDEX (VERBOSE) INDEX CONCURRENTLY i",
                "REINDEX (CONCURRENTLY) TABLE t;",
                "REINDEX (CONCURRENTLY true, VERBOSE) TABLE t;", "REINDEX SCHEMA CONCURRENTLY s",
            ]),
        Case(
            .reindexMany,
            ["REINDEX SCHEMA s;", "REINDEX DATABASE d", "REINDEX (VERBOSE) SYSTEM d;", "REINDEX DATABASE;"]),
        Case(
            .detachPartitionConcurrently,
            [
                "ALTER TABLE t DETACH PARTITION p CONCURRENTLY;",
                "ALTER TABLE IF EXISTS s.\"t\" DETACH PARTITION s.p CONCURRENTLY",
                "ALTER TABLE ONLY t DETACH PARTITION p CONCURRENTLY", "ALTER TABLE t * DETACH PARTITION p CONCURRENTLY",
                "ALTER TABLE IF EXISTS ONLY (s.t) DETACH PARTITION p CONCURRENTLY",
            ]),
        Case(.vacuum, ["VACUUM;", "VACUUM (FULL) t;", "vacuum analyze t"]),
        Case(.clusterAll, ["CLUSTER;", "CLUSTER VERBOSE;", "CLUSTER (VERBOSE)"]),
        Case(.discardAll, ["DISCARD ALL;"]),
        Case(
            .other,
            [
                "CREATE INDEX i ON t (a);", "CREATE INDEX \"concurrently\" ON t (a);",
                "CREATE TABLE concurrently (a int);", "DROP INDEX i;",
                "DROP TABLE database;", "REINDEX TABLE t;", "REINDEX (CONCURRENTLY false) TABLE t;", "REINDEX INDEX i;",
                "REFRESH MATERIALIZED VIEW CONCURRENTLY v;", "ALTER TABLE t DETACH PARTITION p;",
                "ALTER TABLE t DETACH PARTITION p FINALIZE;",
                "ALTER TABLE t ADD COLUMN concurrently int;", "CLUSTER t;", "CLUSTER t USING i;", "CLUSTER (VERBOSE) t",
                "DISCARD TEMP;", "ANALYZE;",
                "ALTER DATABASE d SET search_path = a;",
                "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (connect = false);",
                "CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p WITH (slot_name = NONE, create_slot = 'off')",
                "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false);", "ALTER SUBSCRIPTION s DISABLE;",
                "ALTER SUBSCRIPTION s SET (slot_name = NONE);", "ALTER SUBSCRIPTION s SET (two_phase = true)",
                "EXPLAIN VACUUM",
            ]),
    ]

    static let settings: [Case] = [
        setting(
            .standardConformingStrings, "off",
            ["SET standard_conforming_strings = off;", "set standard_conforming_strings to 'OFF'"]),
        setting(
            .standardConformingStrings, "on",
            ["SET SESSION \"standard_conforming_strings\" = 'on';", "SET STANDARD_CONFORMING_STRINGS TO on"]),
        setting(.standardConformingStrings, "0", ["SET LOCAL standard_conforming_strings = 0"], scope: .local),
        setting(
            .standardConformingStrings, nil,
            ["RESET standard_conforming_strings;", "SET standard_conforming_strings TO DEFAULT"], isReset: true),
        setting(
            .standardConformingStrings, nil,
            ["SET standard_conforming_strings = E'o\\x66f'", "SET standard_conforming_strings = on, off"]),
        setting(.backslashQuote, "safe_encoding", ["SET backslash_quote = safe_encoding"]),
        setting(.clientEncoding, "utf8", ["SET client_encoding = 'UTF8';", "SET NAMES 'utf8';", "SET NAMES UTF8"]),
        setting(.clientEncoding, nil, ["SET NAMES;", "SET NAMES DEFAULT", "RESET client_encoding"], isReset: true),
        setting(
            .standardConformingStrings, "off",
            [
                "SELECT set_config('standard_conforming_strings', 'off', false);",
                "select pg_catalog.set_config('Standard_Conforming_Strings','OFF', false) AS x, 1",
            ]),
        setting(
            .standardConformingStrings, "on", ["SELECT set_config('standard_conforming_strings', 'on', true)"],
            scope: .local),
        setting(
            .standardConformingStrings, nil, ["SELECT set_config('standard_conforming_strings', 'o' || 'n', true)"]),
        setting(.all, nil, ["RESET ALL;"], isReset: true),
        Case(
            .other,
            [
                "SET search_path = a;", "SET ROLE r;", "SET LOCAL TIME ZONE 'UTC'", "RESET search_path;",
                "SELECT pg_catalog.set_config('search_path', '', false);", "SELECT set_config", "SELECT 1",
                "SELECT pg_catalog",
                "SELECT a.set_config('standard_conforming_strings', 'off', false)",
                "SET 'standard_conforming_strings' = off", "SET standard_conforming_strings",
                "SET x.standard_conforming_strings = on",
            ]),
    ]

    static func setting(
        _ setting: SettingChange.Setting, _ value: String?, _ texts: [String], scope: SettingChange.Scope = .session,
        isReset: Bool = false
    ) -> Case {
        Case(.setSetting(SettingChange(setting: setting, scope: scope, value: value, isReset: isReset)), texts)
    }

    @Test("The first tokens tell the kind", arguments: transactions + copies + outside + settings)
    func kinds(_ testCase: Case) {
        for text in testCase.texts {
            #expect(StatementKind.classify(Array(text.utf8).span) == testCase.kind, "\(text.debugDescription)")
        }
    }

    @Test(
        "A boolean is read as PostgreSQL reads it",
        arguments: [
            ("on", true), ("off", false), ("of", false), ("o", nil), ("t", true), ("fals", false), ("y", true),
            ("no", false),
            ("1", true), ("0", false), ("", nil), ("2", nil), ("offf", nil),
        ])
    func booleans(text: String, expected: Bool?) {
        let change = SettingChange(setting: .standardConformingStrings, scope: .session, value: text, isReset: false)
        #expect(change.boolean == expected)
    }
}
