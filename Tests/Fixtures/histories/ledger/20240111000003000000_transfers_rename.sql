ALTER TABLE "Transfers" RENAME TO transfers;
ALTER TABLE transfers RENAME COLUMN "From;To" TO account_ids;
