// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresAdapter
import TestSupport
import Testing

@Suite("A script's own transaction")
struct OwnTransactionTests {
    @Test(
        "One block, however it is written, is the one transaction of script and history row",
        arguments: [
            ("BEGIN;", "COMMIT;"), ("begin work;", "commit work;"), ("BEGIN TRANSACTION;", "COMMIT TRANSACTION;"),
            ("START TRANSACTION;", "END;"), ("/* a */ BEGIN /* b */ ;", "-- c\nEND WORK"),
            ("BEGIN;", "COMMIT AND NO CHAIN"),
            ("BEGIN ISOLATION LEVEL SERIALIZABLE;", "COMMIT;"),
            ("START TRANSACTION READ WRITE, DEFERRABLE;", "END TRANSACTION"),
            ("CREATE TABLE before (); BEGIN;", "COMMIT; CREATE TABLE after ();"), ("", ""),
        ])
    func oneBlock(begin: String, end: String) async throws {
        try await TestDatabase.with { database in
            try await database.migrate(ScriptSource(["\(begin)\nCREATE TABLE t ();\n\(end)", "CREATE TABLE u ()"]))
            #expect(try await database.history() == ["core:1", "core:2"])
            let transactions = try await database.query(
                """
                SELECT count(DISTINCT xmin::text) FROM (
                    SELECT xmin FROM pg_class WHERE relname IN ('t', 'before', 'after')
                    UNION ALL SELECT xmin FROM schema_versions WHERE version = 1) rows
                """)
            #expect(transactions == ["1"])
        }
    }

    @Test(
        "The modes that a script asks for hold in it, and not in the next one",
        arguments: [
            "BEGIN ISOLATION LEVEL SERIALIZABLE; %@; COMMIT",
            "START TRANSACTION ISOLATION LEVEL SERIALIZABLE; %@; COMMIT",
            "BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; %@; COMMIT",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE; %@",
            "SET transaction_isolation = 'serializable'; %@",
            "SET LOCAL transaction_isolation = 'serializable'; %@",
        ])
    func modes(script: String) async throws {
        try await TestDatabase.with { database in
            let look = "INSERT INTO seen SELECT current_setting('transaction_isolation')"
            try await database.migrate(
                ScriptSource(["CREATE TABLE seen (mode text)", script.replacing("%@", with: look), look]))
            #expect(try await database.query("SELECT mode FROM seen") == ["serializable", "read committed"])
        }
    }

    @Test(
        "READ ONLY fails clearly, because the history row is part of the transaction",
        arguments: [
            "BEGIN READ ONLY; SELECT 1; COMMIT", "SET TRANSACTION READ ONLY; SELECT 1",
            "SET transaction_read_only = on",
        ])
    func readOnly(script: String) async throws {
        try await TestDatabase.with { database in
            let error = try #require(await database.failure(ScriptSource([script])))
            #expect(
                error.description.hasPrefix(
                    """
                    0001_step.sql: error: the transaction is read-only, so the history row cannot be written to \
                    public.schema_versions
                    server: cannot execute INSERT in a read-only transaction (25006)
                    hint: where the script says READ ONLY, remove that: a migration and its history row are one transaction. \
                    Otherwise the server became read-only: connect to the primary.
                    Nothing of 0001_step.sql was applied.
                    """))
        }
    }

    static let refusals = [
        ("SELECT 1;\n COMMIT;", "2:2", "this COMMIT would end our transaction: no BEGIN of the file is open here"),
        ("END", "1:1", "this COMMIT would end our transaction: no BEGIN of the file is open here"),
        ("BEGIN; COMMIT; COMMIT;", "1:16", "this COMMIT would end our transaction: no BEGIN of the file is open here"),
        ("SELECT 1; ROLLBACK;", "1:11", "this would undo the migration, while the history says that it is applied"),
        ("ABORT", "1:1", "this would undo the migration, while the history says that it is applied"),
        ("BEGIN;\nROLLBACK;", "2:1", "this would undo the migration, while the history says that it is applied"),
        ("ROLLBACK AND CHAIN", "1:1", "this would undo the migration, while the history says that it is applied"),
        ("SELECT 'é'; BEGIN; SELECT 1;", "1:13", "this transaction block is never ended"),
        ("START TRANSACTION;\nBEGIN; COMMIT; COMMIT", "2:1", "a transaction block begins inside another one"),
        ("BEGIN;\nCOMMIT AND CHAIN;\nCOMMIT;", "2:1", "COMMIT AND CHAIN would end our transaction"),
        ("BEGIN;\nPREPARE TRANSACTION 'x';", "2:1", "PREPARE TRANSACTION would take the migration out of our hands"),
        ("PREPARE TRANSACTION 'x'", "1:1", "PREPARE TRANSACTION would take the migration out of our hands"),
    ]

    @Test(
        "Transaction control that would tear script and history apart is refused before anything is executed",
        arguments: refusals)
    func refused(script: String, place: String, reason: String) async throws {
        try await TestDatabase.with { database in
            let error = try #require(await database.failure(ScriptSource(["CREATE TABLE a ()", script])))
            #expect(error.code == .refused)
            #expect(error.description.hasPrefix("0002_step.sql:\(place): error: \(reason)\n"))
            #expect(error.description.contains("\nhint: "))
            #expect(error.description.hasSuffix("\nNothing was executed."))
            #expect(try await database.tables() == [])
            #expect(try await database.history() == [])
        }
    }

    @Test("Words that only look like it are no transaction control")
    func lookalikes() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(
                ScriptSource([
                    """
                    CREATE TABLE "commit" (rollback text DEFAULT 'COMMIT;'); -- COMMIT;
                    CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN NULL; END; $$;
                    CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END; $$;
                    CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; END;
                    """
                ]))
            #expect(try await database.tables() == ["commit"])
        }
    }

    @Test("Savepoints work as they do everywhere")
    func savepoints() async throws {
        try await TestDatabase.with { database in
            try await database.migrate(
                ScriptSource([
                    """
                    CREATE TABLE a (); SAVEPOINT s; CREATE TABLE b (); ROLLBACK TO SAVEPOINT s; CREATE TABLE c (); RELEASE s;
                    SAVEPOINT t; CREATE TABLE d (); ROLLBACK WORK TO t;
                    """
                ]))
            #expect(try await database.tables() == ["a", "c"])
            #expect(try await database.history() == ["core:1"])
        }
    }

    @Test(
        "A routine that ends transactions fails inside one and leaves nothing",
        arguments: [
            "BEGIN; DO $$ BEGIN CREATE TABLE x (); COMMIT; END $$; COMMIT;",
            "BEGIN; CREATE TABLE y (); CALL ends(); COMMIT;",
        ])
    func routines(script: String) async throws {
        try await TestDatabase.with { database in
            let procedure = "CREATE PROCEDURE ends() LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE z (); COMMIT; END $$"
            let error = try #require(await database.failure(ScriptSource([procedure, script])))
            #expect(error.description.contains("error: invalid transaction termination (2D000)"))
            #expect(try await database.tables() == [])
            #expect(try await database.history() == ["core:1"])
        }
    }
}
