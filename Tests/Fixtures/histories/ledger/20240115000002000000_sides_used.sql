INSERT INTO entries (account_id, booked_on, side, amount) VALUES (3, '2024-04-01', 'adjustment', 1);
ALTER TYPE entry_side ADD VALUE 'opening' BEFORE 'debit';
ALTER TABLE accounts ADD COLUMN first_side entry_side DEFAULT 'opening';
