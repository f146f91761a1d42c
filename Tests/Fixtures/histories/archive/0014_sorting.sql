CREATE INDEX CONCURRENTLY IF NOT EXISTS objects_bucket_name_sorting ON objects (bucket_id, name COLLATE "C");
