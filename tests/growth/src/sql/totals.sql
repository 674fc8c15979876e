-- Stock and tabs, as the totals of all orders.

CREATE UNLOGGED TABLE growth.stock AS
SELECT l.n, l.id, l.published_at, l.available, ordered.held, ordered.sold, ordered.revenue_minor,
    l.available + ordered.held + ordered.sold AS listed
FROM growth.listings l
LEFT JOIN (
    SELECT
        listing_id,
        sum(units) FILTER (WHERE state = 'awaiting_payment') AS held,
        sum(units) FILTER (WHERE has_token AND NOT units_returned) AS sold,
        sum(total_minor) FILTER (WHERE state = 'fulfilled') AS revenue_minor
    FROM growth.orders
    GROUP BY listing_id
) AS counted ON counted.listing_id = l.id
CROSS JOIN LATERAL (
    SELECT
        coalesce(counted.held, 0)::bigint AS held,
        coalesce(counted.sold, 0)::bigint AS sold,
        coalesce(counted.revenue_minor, 0)::bigint AS revenue_minor
) AS ordered;

INSERT INTO listing_stock (listing_id, listed, available, held, sold, revenue_minor)
SELECT id, listed, available, held, sold, revenue_minor
FROM growth.stock
ORDER BY n;

-- One listing in four had the last third of its units added later.
INSERT INTO stock_changes (listing_id, units, at)
SELECT id, listed - added, published_at
FROM growth.stock
CROSS JOIN LATERAL (SELECT CASE WHEN n % 4 = 0 THEN listed / 3 ELSE 0 END AS added) AS later
ORDER BY n;

INSERT INTO stock_changes (listing_id, units, at)
SELECT id, listed / 3, growth.instant(1)
FROM growth.stock
WHERE n % 4 = 0 AND listed >= 3
ORDER BY n;

INSERT INTO tabs (account_id, open_minor, currency, owed_since, paid_at)
SELECT
    growth.account_id(n), coalesce(owed.minor, 0)::bigint, 'USD', owed.oldest_at, paid.first_at
FROM generate_series(1, :accounts::bigint) AS n
LEFT JOIN (
    SELECT buyer_id, sum(total_minor) AS minor, min(placed_at) AS oldest_at
    FROM growth.orders
    WHERE route = 'tab' AND state = 'fulfilled' AND (charge_id IS NULL OR is_unpaid)
    GROUP BY buyer_id
) AS owed ON owed.buyer_id = growth.account_id(n)
LEFT JOIN (
    SELECT buyer_id, min(settled_at) AS first_at FROM charges WHERE state = 'paid' GROUP BY buyer_id
) AS paid ON paid.buyer_id = growth.account_id(n)
ORDER BY n;
