-- Needs the owner again.
ALTER TABLE buckets ADD COLUMN file_size_limit bigint;
ALTER TABLE buckets ADD COLUMN "allowed types" text[];