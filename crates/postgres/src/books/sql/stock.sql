-- books::stock: listings whose stock is not what their changes and orders come to.
WITH changed AS (
    SELECT listing_id, sum(units)::bigint AS listed FROM stock_changes GROUP BY listing_id
),
ordered AS (
    SELECT
        o.listing_id,
        coalesce(sum(o.units) FILTER (WHERE o.state = 'awaiting_payment'), 0)::bigint AS held,
        -- A refunded order that never had a token was never served: its units were never sold.
        coalesce(
            sum(o.units) FILTER (
                WHERE o.state = 'fulfilled'
                OR (o.state = 'refunded' AND NOT o.units_returned AND t.id IS NOT NULL)
            ),
            0
        )::bigint AS sold,
        coalesce(sum(o.total_minor) FILTER (WHERE o.state = 'fulfilled'), 0)::bigint AS revenue_minor
    FROM orders o
    LEFT JOIN tokens t ON t.order_id = o.id
    GROUP BY o.listing_id
),
books AS (
    SELECT
        l.id,
        coalesce(changed.listed, 0) AS listed,
        coalesce(ordered.held, 0) AS held,
        coalesce(ordered.sold, 0) AS sold,
        coalesce(ordered.revenue_minor, 0) AS revenue_minor,
        stock.listed AS stock_listed,
        stock.available AS stock_available,
        stock.held AS stock_held,
        stock.sold AS stock_sold,
        stock.revenue_minor AS stock_revenue_minor
    FROM listings l
    LEFT JOIN listing_stock stock ON stock.listing_id = l.id
    LEFT JOIN changed ON changed.listing_id = l.id
    LEFT JOIN ordered ON ordered.listing_id = l.id
)
SELECT
    id,
    format(
        'its changes and orders come to listed %s = available %s + held %s + sold %s, revenue %s; '
        'its stock says %s = %s + %s + %s, revenue %s',
        listed, listed - held - sold, held, sold, revenue_minor,
        coalesce(stock_listed::text, 'nothing'), coalesce(stock_available::text, 'nothing'),
        coalesce(stock_held::text, 'nothing'), coalesce(stock_sold::text, 'nothing'),
        coalesce(stock_revenue_minor::text, 'nothing')
    ) AS finding
FROM books
WHERE (listed, listed - held - sold, held, sold, revenue_minor)
    IS DISTINCT FROM (stock_listed, stock_available, stock_held, stock_sold, stock_revenue_minor)
ORDER BY id
