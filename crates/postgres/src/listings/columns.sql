l.id, l.seller_id, seller.name AS seller_name, l.service_name, l.description, l.endpoint_url,
    l.price_minor, l.currency, l.unit_description, l.state, l.created_at,
    stock.available, stock.sold, stock.revenue_minor
