CREATE FUNCTION reverse_entry(entry bigint) RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO entries (account_id, booked_on, side, amount, memo)
    SELECT account_id, booked_on, CASE side WHEN 'debit' THEN 'credit'::entry_side ELSE 'debit' END, amount, 'reversal'
    FROM entries WHERE id = entry
    RETURNING id;
END;
