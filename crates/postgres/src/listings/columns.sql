l.id, l.seller_id, a.name AS seller_name, l.service_name, l.description, l.endpoint_url,
    l.price_minor, l.currency, l.unit_description, l.state, l.created_at,
    s.available, s.sold, s.revenue_minor
FROM listings l
JOIN accounts a ON a.id = l.seller_id
JOIN listing_stock s ON s.listing_id = l.id
