DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'archive' AND tablename = 'objects') THEN
        CREATE TABLE objects (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            bucket_id text REFERENCES buckets,
            name text,
            metadata jsonb,
            updated_at timestamptz DEFAULT now()
        );
    END IF;
END
$do$;
CREATE UNIQUE INDEX "bucketid_objname" ON objects (bucket_id, name);
CREATE INDEX name_prefix_search ON objects (name text_pattern_ops);