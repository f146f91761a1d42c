CREATE INDEX CONCURRENTLY IF NOT EXISTS accounts_number_idx ON accounts (lower(number));
