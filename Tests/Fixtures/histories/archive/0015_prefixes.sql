CREATE TABLE prefixes (
    bucket_id text REFERENCES buckets (id),
    name text COLLATE "C" NOT NULL,
    level int GENERATED ALWAYS AS (array_length(string_to_array(name, '/'), 1)) STORED,
    PRIMARY KEY (bucket_id, level, name)
);
