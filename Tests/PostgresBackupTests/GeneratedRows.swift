// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Fills whatever tables a database has with rows that their constraints allow.
enum GeneratedRows {
    /// The value of a column is made of its type and the row's number alone. So a column that refers to another one of the same type
    /// finds the row of the same number there.
    private static let function = #"""
        CREATE FUNCTION pg_temp.value(kind oid, i integer, is_key boolean) RETURNS text LANGUAGE plpgsql AS $f$
        DECLARE
            t pg_type := (SELECT p FROM pg_type p WHERE p.oid = kind);
            label text;
        BEGIN
            IF t.typtype = 'd' THEN RETURN pg_temp.value(t.typbasetype, i, is_key); END IF;
            IF t.typtype = 'e' THEN
                SELECT quote_literal(enumlabel) INTO label FROM pg_enum WHERE enumtypid = kind
                    ORDER BY (enumsortorder::integer + i) % 3, enumsortorder LIMIT 1;
                RETURN label;
            END IF;
            IF t.typcategory = 'A' THEN
                label := pg_temp.value(t.typelem, i, is_key);
                RETURN format('ARRAY[%s, NULL]::%s', label, format_type(kind, NULL));
            END IF;
            RETURN CASE t.typname
                WHEN 'int2' THEN (i % 30000)::text WHEN 'int4' THEN i::text WHEN 'int8' THEN (CASE WHEN is_key THEN i ELSE i * 10000000000 END)::text
                WHEN 'numeric' THEN i || '.25' WHEN 'float4' THEN i || '/3.0' WHEN 'float8' THEN '1e300/' || i
                WHEN 'bool' THEN CASE WHEN i % 2 = 0 THEN 'true' ELSE 'false' END
                WHEN 'text' THEN CASE WHEN is_key THEN quote_literal('k' || i)
                    ELSE quote_literal(repeat('é\' || chr(9) || '"''', i % 4) || i) END
                WHEN 'varchar' THEN quote_literal('k' || i) WHEN 'bpchar' THEN quote_literal('k' || i)
                WHEN 'citext' THEN quote_literal('k' || i) WHEN 'name' THEN quote_literal('k' || i)
                WHEN 'bytea' THEN format('decode(md5(%L), ''hex'')', i) WHEN 'uuid' THEN format('md5(%L)::uuid', i)
                WHEN 'date' THEN format('date ''1999-12-31'' + %s', i)
                WHEN 'time' THEN format('time ''12:00'' + %s * interval ''1 second''', i)
                WHEN 'timestamp' THEN format('timestamp ''2001-01-01'' + %s * interval ''1.5 hours''', i)
                WHEN 'timestamptz' THEN format('timestamptz ''2001-01-01 00:00+02'' + %s * interval ''1.5 days''', i)
                WHEN 'interval' THEN format('%s * interval ''1 month 2 days 3.5 seconds''', i)
                WHEN 'json' THEN format('''{"a":  %s}''::json', i) WHEN 'jsonb' THEN format('''{"a": [%s, null]}''::jsonb', i)
                WHEN 'inet' THEN format('''10.0.0.%s''::inet', i % 250) WHEN 'cidr' THEN '''10.0.0.0/8''::cidr'
                WHEN 'tsvector' THEN format('to_tsvector(''simple'', ''a fox %s'')', i)
                ELSE 'NULL' END;
        END $f$;
        """#

    /// Rows are tried one by one, several times over: a table may refer to one that comes later. A row that a constraint refuses is
    /// tried once more with nothing but what has to be there.
    private static func loop(rows: Int) -> String {
        """
        DO $do$
        DECLARE target record; filled text; needed text; names text; few text;
        BEGIN
            FOR round IN 1..4 LOOP
                FOR target IN
                    SELECT c.oid, c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                    ORDER BY c.oid
                LOOP
                    FOR i IN 1..\(rows) LOOP
                        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), string_agg(text, ', ' ORDER BY attnum),
                            string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attnotnull),
                            string_agg(text, ', ' ORDER BY attnum) FILTER (WHERE attnotnull)
                        INTO names, filled, few, needed FROM (
                            SELECT attname, attnum, attnotnull, pg_temp.value(atttypid, i, EXISTS (
                                SELECT FROM pg_constraint k WHERE k.conrelid = attrelid AND attnum = ANY (k.conkey))) AS text
                            FROM pg_attribute WHERE attrelid = target.oid AND attnum > 0 AND NOT attisdropped
                                AND attgenerated = '' AND attidentity <> 'a') columns;
                        BEGIN
                            EXECUTE format('INSERT INTO %s (%s) VALUES (%s)', target.name, names, filled);
                        EXCEPTION WHEN OTHERS THEN BEGIN
                            EXECUTE format('INSERT INTO %s (%s) VALUES (%s)', target.name, few, needed);
                            EXCEPTION WHEN OTHERS THEN NULL; END;
                        END;
                    END LOOP;
                END LOOP;
            END LOOP;
        END $do$;
        """
    }

    /// Fills a database.
    ///
    /// - Returns: How many tables there are, and how many have rows.
    static func fill(_ database: TestDatabase, rows: Int = 40) async throws -> (tables: Int, filled: Int) {
        let counts = try await database.query(
            """
            \(function) \(loop(rows: rows))
            CREATE FUNCTION pg_temp.rows(whole oid) RETURNS bigint LANGUAGE plpgsql AS $f$ DECLARE number bigint; BEGIN
                EXECUTE format('SELECT count(*) FROM ONLY %s', whole::regclass) INTO number; RETURN number; END $f$;
            SELECT pg_temp.rows(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            """)
        return (counts.count, counts.count { $0 != "0" })
    }
}
