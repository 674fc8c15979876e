-- Adds 100,000,000 units to a thousand cheap listings from all over the table.
WITH chosen AS (
    SELECT l.id
    FROM listings l JOIN listing_stock s ON s.listing_id = l.id
    WHERE l.state = 'active' AND l.price_minor < 5000 AND s.available < 1000000
    ORDER BY random() LIMIT 1000
), changes AS (
    INSERT INTO stock_changes (listing_id, units, at) SELECT id, 100000000, now() FROM chosen
)
UPDATE listing_stock SET listed = listed + 100000000, available = available + 100000000
WHERE listing_id IN (SELECT id FROM chosen)
RETURNING listing_id
