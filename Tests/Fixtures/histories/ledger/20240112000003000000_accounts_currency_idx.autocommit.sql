-- Two of them, one statement each.
CREATE INDEX CONCURRENTLY accounts_currency_idx ON accounts (currency);
CREATE UNIQUE INDEX CONCURRENTLY accounts_identity_idx ON accounts (nid, lower(number)) INCLUDE (currency)