SELECT
    c.id, c.buyer_id, c.order_id, c.order_minor, c.tab_minor, c.currency, c.state, c.session,
    c.session_url, c.payment, c.payable, c.expires_at, l.service_name, o.units
FROM charges c
LEFT JOIN orders o ON o.id = c.order_id
LEFT JOIN listings l ON l.id = o.listing_id
