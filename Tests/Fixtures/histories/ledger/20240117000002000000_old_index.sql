DROP INDEX accounts_nid_opened_on_idx;
CREATE INDEX ON accounts (nid, closed_on) WHERE closed_on IS NOT NULL