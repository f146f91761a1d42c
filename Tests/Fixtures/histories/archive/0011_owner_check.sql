/* The owner's column was text once; it's a uuid now. */
ALTER TABLE objects ADD COLUMN "owner" uuid;
ALTER TABLE objects ADD CONSTRAINT "objects; owner" CHECK ("owner" IS NULL OR bucket_id IS NOT NULL);