DO $$
DECLARE
    batch int := 200;
    last uuid := '00000000-0000-0000-0000-000000000000';
    newest uuid;
BEGIN
    LOOP
        SELECT max(id::text)::uuid INTO newest FROM (SELECT id FROM objects WHERE id > last ORDER BY id LIMIT batch) AS s;
        EXIT WHEN newest IS NULL;
        INSERT INTO prefixes (bucket_id, name)
            SELECT DISTINCT bucket_id, split_part(name, '/', 1) FROM objects WHERE id > last AND id <= newest
            ON CONFLICT DO NOTHING;
        last := newest;
        COMMIT;
    END LOOP;
END
$$;