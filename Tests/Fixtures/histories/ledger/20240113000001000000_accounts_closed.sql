ALTER TABLE accounts ADD COLUMN closed_on date;
ALTER TABLE accounts ADD CONSTRAINT accounts_closed_after_opened CHECK (closed_on IS NULL OR closed_on >= opened_on) NOT VALID;
ALTER TABLE accounts VALIDATE CONSTRAINT accounts_closed_after_opened;
