CREATE TABLE IF NOT EXISTS buckets (
    "id" text NOT NULL PRIMARY KEY,
    "name" text NOT NULL,
    "owner" uuid,
    created_at timestamptz DEFAULT now()
);
CREATE UNIQUE INDEX IF NOT EXISTS "bname" ON buckets USING btree ("name");
GRANT SELECT ON buckets TO archive_reader;
