-- PgSealedKeyStore::samples
-- A look into the index for each master key there is, instead of a walk over all listings.
WITH RECURSIVE keys AS (
    SELECT min(master_key_id) AS master_key_id FROM listings
    UNION ALL
    SELECT (SELECT min(l.master_key_id) FROM listings l WHERE l.master_key_id > k.master_key_id)
    FROM keys k WHERE k.master_key_id IS NOT NULL
)
SELECT newest.id, newest.sealed_key, newest.master_key_id
FROM keys k
CROSS JOIN LATERAL (
    SELECT l.id, l.sealed_key, l.master_key_id FROM listings l
    WHERE l.master_key_id = k.master_key_id ORDER BY l.id DESC LIMIT 1
) AS newest
