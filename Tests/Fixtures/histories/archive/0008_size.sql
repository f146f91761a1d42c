CREATE FUNCTION size_by_bucket() RETURNS TABLE (size bigint, bucket_id text) LANGUAGE plpgsql AS $body$
BEGIN
    RETURN QUERY
        SELECT sum((metadata->>'size')::bigint)::bigint, obj.bucket_id FROM objects AS obj GROUP BY obj.bucket_id;
END
$body$;
