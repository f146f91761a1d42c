CREATE TABLE currencies (
    code char(3) PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
    digits smallint NOT NULL DEFAULT 2,
    sign text
);
INSERT INTO currencies VALUES ('EUR', 2, '€'), ('JPY', 0, '¥'), ('CHF', 2, NULL);
