-- A function that makes functions: dollar quotes in dollar quotes.
CREATE FUNCTION make_counter(table_name text) RETURNS void LANGUAGE plpgsql AS $outer$
BEGIN
    EXECUTE format($inner$
        CREATE FUNCTION %I() RETURNS bigint LANGUAGE sql AS $f$ SELECT count(*) FROM %I; $f$;
    $inner$, 'count_' || table_name, table_name);
END
$outer$;
SELECT make_counter('buckets');
