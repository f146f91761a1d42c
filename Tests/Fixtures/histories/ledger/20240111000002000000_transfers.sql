BEGIN;
CREATE TABLE "Transfers" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "From;To" bigint[] NOT NULL, -- a name that nobody would choose; it's allowed
    "order" int NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX "Transfers_order" ON "Transfers" ("order") WHERE "order" > 0;
COMMIT;
