SELECT t.id, t.order_id, t.listing_id, t.buyer_id, t.seller_id, t.units, t.state, t.expires_at,
    t.created_at, l.service_name, l.sealed_key, l.master_key_id, l.endpoint_url
FROM tokens t JOIN listings l ON l.id = t.listing_id
