SET ROLE archive_reader;
SELECT count(*) FROM buckets;
