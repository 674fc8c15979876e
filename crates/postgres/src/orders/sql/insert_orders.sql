-- orders::write::insert_orders
INSERT INTO orders (
    id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route, state,
    lapses_at, idempotency_key, created_at
)
SELECT *
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::timestamptz[]
)
