// SPDX-License-Identifier: Apache-2.0

import PostgresAdapter
import TestSupport
import ThrowawayPostgres

/// Everything that a dump has to carry, with rows.
enum SampleDatabase {
    /// How many rows the largest table has.
    static let rows = 2000

    static let sql = #"""
        CREATE SCHEMA "Zweites Schema";
        CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
        CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
        CREATE TYPE pair AS (a integer, b text);
        CREATE TABLE kinds (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, small smallint, whole integer, exact numeric(20, 6),
            single real, double double precision, price money, yes boolean, letters text, fixed char(5),
            bytes bytea, day date, clock time, moment timestamp, instant timestamptz, span interval, uid uuid, address inet,
            network cidr, mac macaddr, bits bit varying(12), document json, tree jsonb, markup xml, words tsvector, asked tsquery,
            place point, area box, numbers integer[], names text[], feeling mood, count positive, two pair, between int4range,
            many nummultirange, related regclass, doubled integer GENERATED ALWAYS AS (whole * 2) STORED);
        INSERT INTO kinds (small, whole, exact, single, double, price, yes, letters, fixed, bytes, day, clock, moment, instant,
            span, uid, address, network, mac, bits, document, tree, markup, words, asked, place, area, numbers, names, feeling, count,
            two, between, many, related)
        SELECT i % 100, i, i / 7.0, i / 3.0, 1e300 / i, i, i % 2 = 0, repeat('äé"\' || chr(10), i % 5) || i, 'x', decode(md5(i::text), 'hex'),
            date '1999-12-31' + i, time '12:00' + i * interval '1 second', timestamp '2001-01-01' + i * interval '1 hour',
            timestamptz '2001-01-01 00:00+02' + i * interval '1 day', i * interval '1 month 2 days 3.5 seconds',
            md5(i::text)::uuid, '10.0.0.1', '10.0.0.0/8', '08:00:2b:01:02:03', B'1011', '{"a":  1}',
            jsonb_build_object('n', i, 'x', ARRAY[i, NULL]), '<a>b</a>', to_tsvector('simple', 'a quick fox ' || i), 'quick & fox',
            point(i, -i), box(point(0, 0), point(i, i)), ARRAY[i, NULL, -i], ARRAY['a,b', 'NULL', NULL, '"'],
            'it''s ok', i, ROW(i, 'b)')::pair, int4range(i, i + 10), nummultirange(numrange(i, i + 1)), 'kinds'
        FROM generate_series(1, 2000) AS i;
        INSERT INTO kinds (letters) VALUES (NULL), (''), (E'\\.'), ('NULL');
        CREATE TABLE "Zweites Schema"."Ünï ""code"" Tab" ("col umn" integer PRIMARY KEY, "select" text, t text);
        INSERT INTO "Zweites Schema"."Ünï ""code"" Tab" SELECT i, 's' || i, 't' FROM generate_series(1, 50) i;
        CREATE TABLE parts (id integer, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
        CREATE TABLE parts_2 (day date NOT NULL, id integer NOT NULL);
        ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
        INSERT INTO parts SELECT i, date '2020-01-01' + i FROM generate_series(0, 700) i;
        CREATE TABLE child (id serial PRIMARY KEY, parent bigint REFERENCES kinds ON DELETE CASCADE, note text);
        INSERT INTO child (parent, note) SELECT id, letters FROM kinds;
        CREATE TABLE empty (); CREATE TABLE one (); INSERT INTO one DEFAULT VALUES;
        CREATE TABLE twins (a integer); INSERT INTO twins VALUES (1), (1), (2);
        CREATE UNLOGGED TABLE hasty (a integer); INSERT INTO hasty VALUES (1);
        CREATE SEQUENCE counter START 17 INCREMENT 3; SELECT nextval('counter'), nextval('counter');
        CREATE VIEW seen AS SELECT id, letters FROM kinds WHERE yes;
        CREATE MATERIALIZED VIEW kept AS SELECT count(*) FROM kinds;
        CREATE FUNCTION twice(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x * 2';
        CREATE INDEX ON kinds (twice(whole)); CREATE INDEX ON kinds USING gin (tree);
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := NEW.note || '!'; RETURN NEW; END $$;
        CREATE TRIGGER touches BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION touch();
        ALTER TABLE child ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON child USING (parent > 0);
        COMMENT ON TABLE kinds IS 'all of them';
        SELECT lo_from_bytea(0, decode(repeat('ab', 3000000), 'hex')), lo_from_bytea(0, ''), lo_from_bytea(0, 'small');
        CREATE TABLE schema_versions (component varchar(100) NOT NULL DEFAULT 'core', version bigint NOT NULL,
            checksum varchar(128) NOT NULL, applied_at timestamp DEFAULT CURRENT_TIMESTAMP, description text,
            PRIMARY KEY (component, version));
        INSERT INTO schema_versions (version, checksum) VALUES (1, 'a'), (2, 'b'), (10, 'c');
        INSERT INTO schema_versions (component, version, checksum) VALUES ('billing', 3, 'd');
        """#

    /// A table whose columns `pg_restore` makes in another order.
    static let inheritance = """
        CREATE TABLE base (a integer); CREATE TABLE heir (b integer) INHERITS (base);
        ALTER TABLE base ADD COLUMN c integer;
        INSERT INTO base VALUES (1, 2); INSERT INTO heir VALUES (3, 4, 5)
        """

    /// ``sql`` as the server can execute it: not every one is built with libxml.
    static func sqlForServer(_ database: TestDatabase) async throws -> String {
        let hasXML = (try? await database.query("SELECT '<a/>'::xml")) != nil
        return hasXML ? sql : sql.replacing("'<a>b</a>'", with: "NULL::xml")
    }

    /// Puts everything into a database, and the extensions that this machine has.
    static func fill(_ database: TestDatabase) async throws {
        try await database.query(sqlForServer(database))
        let there = try await database.query(
            "SELECT name FROM pg_available_extensions WHERE name IN ('citext', 'hstore', 'pg_trgm', 'pgcrypto')")
        for name in there { try await database.query("CREATE EXTENSION \(name)") }
    }
}

extension TestDatabase {
    /// The whole database as plain SQL, without what differs from one call to the next.
    func plainDump(of other: String? = nil) async throws -> String {
        let dump = try await server.run(tool: "pg_dump", [other ?? name], outputLimit: 256 << 20)
        return dump.text.split(separator: "\n").filter {
            !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict")
        }.joined(separator: "\n")
    }
}

/// The first lines in which two dumps are not the same, for messages.
func difference(_ left: String, _ right: String) -> [String] {
    zip(left.split(separator: "\n"), right.split(separator: "\n")).first { $0 != $1 }.map { [String($0), String($1)] }
        ?? []
}
