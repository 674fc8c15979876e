-- PgSealedKeyStore::key_ids
-- A look into the index for each key there is, instead of a walk over all listings.
WITH RECURSIVE keys AS (
    SELECT min(master_key_id) AS master_key_id FROM listings
    UNION ALL
    SELECT (SELECT min(l.master_key_id) FROM listings l WHERE l.master_key_id > k.master_key_id)
    FROM keys k WHERE k.master_key_id IS NOT NULL
)
SELECT master_key_id FROM keys WHERE master_key_id IS NOT NULL
