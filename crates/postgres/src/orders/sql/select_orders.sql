SELECT
    o.id, o.buyer_id, o.seller_id, o.listing_id, l.service_name, o.units, o.price_minor,
    o.total_minor, o.currency, o.route, o.state, o.lapses_at, t.id AS token_id, o.created_at
FROM orders o
JOIN listings l ON l.id = o.listing_id
LEFT JOIN tokens t ON t.order_id = o.id
