// SPDX-License-Identifier: Apache-2.0

/// Makes SQL text that looks like migrations and dumps, always the same for a seed.
struct SampleText {
    private var state: UInt64
    private var table = 0

    init(seed: UInt64) {
        state = seed
    }

    /// At least `bytes` of text of a kind: `ddl`, `insert`, `longstrings`, `functions`, `comments`, or `mixed`.
    mutating func make(_ kind: String, bytes: Int) -> String {
        var text = ""
        while text.utf8.count < bytes {
            table += 1
            switch kind == "mixed" ? ["ddl", "insert", "longstrings", "functions", "comments", "ddl"][random(6)] : kind
            {
            case "ddl": text += ddl()
            case "insert": text += inserts()
            case "longstrings":
                text += "INSERT INTO documents (id, body) VALUES (\(table), '\(prose(150 + random(300)))');\n"
            case "functions": text += function()
            default: text += "-- \(prose(12))\n-- \(prose(9))\n/* \(prose(40)) */\n"
            }
        }
        return text
    }

    private mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private mutating func word() -> String {
        let words = [
            "account", "created_at", "status", "invoice", "customer_id", "name", "of", "a", "the", "payload", "größe",
            "total", "is", "session", "it''s", "request", "version", "in",
        ]
        return words[random(words.count)]
    }

    private mutating func prose(_ count: Int) -> String {
        (0..<count).map { _ in word() }.joined(separator: " ")
    }

    private mutating func ddl() -> String {
        var text = "-- Table \(table)\nCREATE TABLE IF NOT EXISTS public.t_\(table) (\n    id bigserial PRIMARY KEY,\n"
        for column in 0..<(4 + random(8)) {
            let types = [
                "text NOT NULL DEFAULT ''", "timestamptz NOT NULL DEFAULT now()", "numeric(12, 2)",
                "uuid REFERENCES public.users (id)",
                "jsonb DEFAULT '{}'::jsonb", "varchar(255)", "integer[] CHECK (cardinality(c) > 0)",
            ]
            text += "    c\(column) \(types[random(types.count)]),\n"
        }
        text += "    CONSTRAINT t_\(table)_ck CHECK (c0 <> 'x' OR c1 IS NOT NULL)\n);\n\n"
        text +=
            "CREATE INDEX t_\(table)_c0_idx ON public.t_\(table) USING btree (lower(c0), c1 DESC) WHERE c1 IS NOT NULL;\n"
        text +=
            "ALTER TABLE \"public\".\"t_\(table)\" ADD COLUMN extra text; COMMENT ON TABLE t_\(table) IS '\(prose(8))';\n"
        return text
    }

    private mutating func inserts() -> String {
        var text = "INSERT INTO public.t_\(table) (id, name, amount, note) VALUES\n"
        let rows = 5 + random(20)
        for row in 0..<rows {
            text +=
                "    (\(row), '\(prose(3))', \(random(100_000)).\(random(100)), '\(prose(6))')\(row + 1 == rows ? ";" : ",")\n"
        }
        return text
    }

    private mutating func function() -> String {
        """
        CREATE OR REPLACE FUNCTION public.touch_\(table)() RETURNS trigger LANGUAGE plpgsql AS $body$
        DECLARE
            n integer := 0;
        BEGIN
            -- \(prose(8))
            IF NEW.status = 'open' THEN
                UPDATE public.t_\(table) SET total = total + 1, note = '\(prose(5))' WHERE id = NEW.id;
                EXECUTE format('SELECT %I FROM %I WHERE id = $1', 'name', 'account') USING NEW.id;
            END IF;
            FOR n IN 1..10 LOOP
                RAISE NOTICE 'row %', n;
            END LOOP;
            RETURN NEW;
        END;
        $body$;
        CREATE TRIGGER touch BEFORE UPDATE ON public.t_\(table) FOR EACH ROW EXECUTE FUNCTION public.touch_\(table)();


        """
    }
}
