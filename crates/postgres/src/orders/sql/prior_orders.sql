-- orders::snapshot::prior_orders: what these buyers' idempotency keys have made before.
SELECT o.id, o.buyer_id, o.idempotency_key, o.listing_id, o.units
FROM unnest($1::uuid[], $2::text[]) AS asked (buyer_id, idempotency_key)
JOIN orders o ON o.buyer_id = asked.buyer_id AND o.idempotency_key = asked.idempotency_key
