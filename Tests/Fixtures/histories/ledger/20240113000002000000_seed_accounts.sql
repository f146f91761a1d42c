INSERT INTO accounts (id, nid, number, currency) OVERRIDING SYSTEM VALUE
SELECT n, id, 'A-' || n, 'EUR' FROM networks, generate_series(1, 3) AS n;
INSERT INTO entries (account_id, booked_on, side, amount, memo)
VALUES (1, '2024-03-01', 'debit', 10.5, E'tab\there; quote\'s end'), (2, '2025-02-01', 'credit', 10.5, U&'\00e9t\00e9');
