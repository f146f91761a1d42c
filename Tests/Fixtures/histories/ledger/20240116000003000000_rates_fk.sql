ALTER TABLE rates ADD FOREIGN KEY (currency) REFERENCES currencies;
