-- orders::snapshot::lock_wanted_stock: what these orders ask for, if their session or account is there.
SELECT listing_id, available
FROM listing_stock
WHERE listing_id IN (
    SELECT wanted.listing_id
    FROM unnest($1::uuid[], $2::bytea[], $3::uuid[]) AS wanted (listing_id, token_digest, account_id)
    LEFT JOIN sessions s ON s.token_digest = wanted.token_digest
    WHERE coalesce(s.account_id, wanted.account_id) IS NOT NULL
)
ORDER BY listing_id
FOR NO KEY UPDATE
