-- books::charges: paid charges whose money is neither kept for what it paid nor on its way back.
WITH kept AS (
    SELECT charge_id, sum(total_minor)::bigint AS minor
    FROM orders
    WHERE state = 'fulfilled' AND charge_id IS NOT NULL
    GROUP BY charge_id
),
returned AS (
    SELECT charge_id, sum(amount_minor + given_elsewhere_minor)::bigint AS minor
    FROM refunds GROUP BY charge_id
)
SELECT
    c.id,
    format(
        '%s was paid; the orders it pays for come to %s and its refunds to %s',
        c.order_minor + c.tab_minor, coalesce(kept.minor, 0), coalesce(returned.minor, 0)
    ) AS finding
FROM charges c
LEFT JOIN kept ON kept.charge_id = c.id
LEFT JOIN returned ON returned.charge_id = c.id
WHERE c.state = 'paid'
    -- What the provider has taken back by itself is told by no refund of ours.
    AND c.dispute IS DISTINCT FROM 'lost'
    AND c.refunded_minor < c.order_minor + c.tab_minor
    AND coalesce(kept.minor, 0) + coalesce(returned.minor, 0) <> c.order_minor + c.tab_minor
ORDER BY c.id
