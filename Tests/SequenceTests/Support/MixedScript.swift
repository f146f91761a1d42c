// SPDX-License-Identifier: Apache-2.0

/// A file with statements of every kind that decides how a sequence goes on: about thirty of them.
enum MixedScript {
    static let text = #"""
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, mood mood, total int);
        CREATE TABLE log (what text NOT NULL, at_item int);
        COPY items (id, name, mood) FROM stdin;
        1	one	sad
        2	two; three	ok
        3	it's \\. \N	\N
        \.
        INSERT INTO items (id, name) SELECT n, 'item ' || n FROM generate_series(4, 300) n;
        CREATE INDEX CONCURRENTLY items_name ON items (name);
        CREATE INDEX CONCURRENTLY ON items (total, name);
        ALTER TYPE mood ADD VALUE 'happy';
        UPDATE items SET mood = 'happy' WHERE id % 3 = 0;
        INSERT INTO log VALUES ('updated');
        CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE items SET total = id * 2 WHERE id <= 150;
            COMMIT;
            UPDATE items SET total = id * 2 WHERE id > 150;
            INSERT INTO log VALUES ('filled');
        END $$;
        CALL fill();
        DO $$
        BEGIN
            FOR n IN 1..3 LOOP
                UPDATE items SET total = n WHERE id = n;
                COMMIT;
            END LOOP;
            INSERT INTO log VALUES ('looped');
        END $$;
        CREATE SCHEMA app;
        SET search_path = app, public;
        CREATE TABLE orders (no int, day date) PARTITION BY RANGE (day);
        CREATE TABLE "Orders 2024" PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        CREATE TABLE "Orders 2025" PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        INSERT INTO orders SELECT n, date '2024-01-01' + n FROM generate_series(1, 400) n;
        CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Orders no" ON "Orders 2024" (no);
        ALTER TABLE orders DETACH PARTITION "Orders 2024" CONCURRENTLY;
        BEGIN;
        INSERT INTO log VALUES ('block', (SELECT count(*) FROM orders));
        CREATE VIEW happy AS SELECT * FROM items WHERE mood = 'happy';
        COMMIT;
        DROP INDEX CONCURRENTLY items_name;
        VACUUM (ANALYZE) items;
        BEGIN ISOLATION LEVEL REPEATABLE READ;
        INSERT INTO log SELECT 'total', sum(total) FROM items;
        COMMIT;
        REINDEX TABLE CONCURRENTLY items;
        RESET search_path;
        CREATE TABLE last (a int);
        INSERT INTO last SELECT count(*) FROM log;
        """#

    /// What the statements of unknown outcome leave behind: a query that tells whether such a statement was done, by its number.
    static let proofs = [
        12: "SELECT count(*) > 0 FROM log WHERE what = 'filled'",
        13: "SELECT count(*) > 0 FROM log WHERE what = 'looped'",
    ]

    /// Takes it all away again, the history too; the schema `public` is left as PostgreSQL makes it.
    static let removal = """
        DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner;
        GRANT USAGE ON SCHEMA public TO PUBLIC; COMMENT ON SCHEMA public IS 'standard public schema'
        """
}
