-- A migration of the slow kind: servers that start meanwhile answer their platform, and wait.
ALTER TABLE books ADD COLUMN words bigint NOT NULL DEFAULT 0;
SELECT pg_sleep(1);
