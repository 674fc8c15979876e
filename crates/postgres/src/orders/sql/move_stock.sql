-- orders::write::move_stock
UPDATE listing_stock AS stock
SET
    available = stock.available + change.available,
    held = stock.held + change.held,
    sold = stock.sold + change.sold,
    revenue_minor = stock.revenue_minor + change.revenue_minor
FROM unnest(
    $1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]
) AS change (listing_id, available, held, sold, revenue_minor)
WHERE stock.listing_id = change.listing_id
