CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    nid uuid NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    number text NOT NULL,
    currency char(3) NOT NULL REFERENCES currencies (code),
    opened_on date NOT NULL DEFAULT '2024-01-10',
    UNIQUE (nid, number)
);
CREATE INDEX accounts_nid_opened_on_idx ON accounts (nid, opened_on DESC);
