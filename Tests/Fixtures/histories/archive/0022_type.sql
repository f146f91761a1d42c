DO $$ BEGIN
    CREATE TYPE "BucketKind" AS ENUM ('STANDARD', 'ANALYTICS');
EXCEPTION WHEN duplicate_object THEN NULL; -- it's there; fine
END $$;
ALTER TABLE buckets ADD COLUMN kind "BucketKind" NOT NULL DEFAULT 'STANDARD';
