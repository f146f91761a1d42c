CREATE OR REPLACE FUNCTION search(prefix text, bucket text, limits int DEFAULT 100)
RETURNS TABLE (name text, level int) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY EXECUTE
        $q$ SELECT split_part(o.name, '/', 1), array_length(string_to_array(o.name, '/'), 1) FROM objects AS o
            WHERE o.bucket_id = $1 AND o.name ILIKE $2 || '%' ORDER BY 1 LIMIT $3 $q$
        USING bucket, prefix, limits;
END
$$;
