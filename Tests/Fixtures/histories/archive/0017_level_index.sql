CREATE INDEX CONCURRENTLY idx_objects_level ON objects (level, bucket_id);
CREATE INDEX CONCURRENTLY idx_objects_lower_name ON objects ((lower(name)));