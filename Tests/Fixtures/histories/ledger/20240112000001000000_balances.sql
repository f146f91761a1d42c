CREATE VIEW balances AS
SELECT account_id, sum(CASE side WHEN 'debit' THEN amount ELSE -amount END) AS balance
FROM entries /* all partitions; /* nested */ even the default one */
GROUP BY account_id;
