INSERT INTO buckets (id, name, created_at) VALUES ('b1', 'Grüße', '2025-01-01'), ('b2', '漢字 🗄', '2025-01-02');
INSERT INTO objects (id, bucket_id, name, updated_at)
SELECT md5(n::text)::uuid, 'b' || (n % 2 + 1), 'f' || n % 7 || '/' || n || '.txt', '2025-01-03' FROM generate_series(1, 500) AS n