-- orders::write::insert_tokens
INSERT INTO tokens (
    id, order_id, listing_id, buyer_id, seller_id, units, state, created_at, expires_at
)
SELECT id, order_id, listing_id, buyer_id, seller_id, units, 'active', created_at, expires_at
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::timestamptz[],
    $8::timestamptz[]
) AS issued (
    id, order_id, listing_id, buyer_id, seller_id, units, created_at, expires_at
)
