DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'archive_writer') THEN
        GRANT INSERT, UPDATE ON objects, prefixes TO archive_writer;
    END IF;
END $$