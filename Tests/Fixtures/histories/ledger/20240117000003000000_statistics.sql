CREATE STATISTICS accounts_stats (dependencies) ON nid, currency FROM accounts;
ALTER TABLE accounts ALTER COLUMN number SET STATISTICS 500;
