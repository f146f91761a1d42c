CREATE FUNCTION leaf(path text) RETURNS text LANGUAGE sql RETURN regexp_replace(path, '^.*/', '');
CREATE VIEW leaves AS SELECT leaf(name) AS leaf, bucket_id FROM objects WHERE position(E'\\' IN name) = 0;
