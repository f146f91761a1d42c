-- Run once, in a session of its own, before the migrations: roles belong to the server, and the path to the database.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['archive_reader', 'archive_writer'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
    EXECUTE format('ALTER DATABASE %I SET search_path = archive, public', current_database());
END $$;
CREATE SCHEMA archive;
GRANT USAGE ON SCHEMA archive TO archive_reader, archive_writer;
