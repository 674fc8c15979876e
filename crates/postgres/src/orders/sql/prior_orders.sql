-- orders::snapshot::prior_orders: what these buyers' idempotency keys have made before.
SELECT o.id, o.buyer_id, o.idempotency_key, o.listing_id, o.units
FROM unnest($1::bytea[], $2::uuid[], $3::text[]) AS asked (token_digest, account_id, idempotency_key)
LEFT JOIN sessions s ON s.token_digest = asked.token_digest
JOIN orders o
    ON o.buyer_id = coalesce(s.account_id, asked.account_id)
    AND o.idempotency_key = asked.idempotency_key
