-- One row per tenant; the first one is made here, so that "nid" can be NOT NULL; see below.
CREATE TABLE networks (
    id uuid PRIMARY KEY,
    name citext NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT '2024-01-10 00:00:00+00'
);
INSERT INTO networks (id, name) VALUES ('3f2b8d0e-5a44-4c1e-9d57-0c1a2b3c4d5e', 'primary');
