SELECT
    o.id, o.buyer_id, o.seller_id, o.listing_id, l.service_name, o.units, o.price_minor,
    o.total_minor, o.currency, o.route, o.state, o.lapses_at, t.id AS token_id, o.created_at,
    t.created_at AS fulfilled_at, o.closed_at,
    CASE WHEN o.state = 'awaiting_payment' THEN c.session_url END AS payment_url,
    -- Of its own charge, what the provider has given back; of one that also carried others, its own
    -- refund, once that was given.
    CASE
        WHEN o.route = 'checkout' THEN least(coalesce(c.refunded_minor, 0), o.total_minor)
        WHEN r.sent_at IS NOT NULL THEN r.amount_minor
        ELSE 0
    END AS refunded_minor
FROM orders o
JOIN listings l ON l.id = o.listing_id
LEFT JOIN tokens t ON t.order_id = o.id
LEFT JOIN charges c ON c.id = o.charge_id
LEFT JOIN refunds r ON r.order_id = o.id
