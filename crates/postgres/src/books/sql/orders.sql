-- books::orders: orders whose token or payment contradicts their state.
SELECT o.id, wrong.finding
FROM orders o
LEFT JOIN tokens t ON t.order_id = o.id
JOIN listings l ON l.id = o.listing_id
LEFT JOIN charges c ON c.id = o.charge_id
CROSS JOIN LATERAL (
    VALUES
    (
        o.state = 'fulfilled' AND t.id IS NULL,
        'it is fulfilled and has no token'
    ),
    (
        o.state IN ('awaiting_payment', 'expired', 'canceled') AND t.id IS NOT NULL,
        format('it is %s and has a token', o.state)
    ),
    (
        o.state = 'refunded' AND t.state <> 'revoked',
        format('it is refunded and its token is %s', t.state)
    ),
    (
        (t.buyer_id, t.seller_id, t.listing_id, t.units)
            IS DISTINCT FROM (o.buyer_id, o.seller_id, o.listing_id, o.units)
            AND t.id IS NOT NULL,
        'its token is for another buyer, seller, listing or number of units'
    ),
    (
        o.seller_id <> l.seller_id,
        'it names another seller than its listing'
    ),
    (
        o.route = 'checkout' AND o.state = 'fulfilled' AND c.state IS DISTINCT FROM 'paid',
        'it is fulfilled and was not paid'
    ),
    (
        o.state IN ('awaiting_payment', 'expired', 'canceled') AND c.state = 'paid',
        format('it is %s and was paid', o.state)
    ),
    (
        c.buyer_id <> o.buyer_id,
        'its charge is another buyer''s'
    ),
    (
        o.route = 'tab' AND o.state NOT IN ('fulfilled', 'refunded'),
        format('it was served on the tab and is %s', o.state)
    )
) AS wrong (applies, finding)
WHERE wrong.applies
ORDER BY o.id
