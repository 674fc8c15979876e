-- PgSealedKeyStore::samples
-- A look into the index for each master key there is, instead of a walk over all listings: the newest
-- listing of the last key, and then of the last one before it.
WITH RECURSIVE newest AS (
    (
        SELECT id, sealed_key, master_key_id FROM listings
        ORDER BY master_key_id DESC, id DESC LIMIT 1
    )
    UNION ALL
    SELECT before.id, before.sealed_key, before.master_key_id
    FROM newest
    CROSS JOIN LATERAL (
        SELECT l.id, l.sealed_key, l.master_key_id FROM listings l
        WHERE l.master_key_id < newest.master_key_id
        ORDER BY l.master_key_id DESC, l.id DESC LIMIT 1
    ) AS before
)
SELECT id, sealed_key, master_key_id FROM newest
