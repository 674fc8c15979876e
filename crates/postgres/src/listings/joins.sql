
-- Looked up for each listing that is answered with. Planned as joins, they could be read as a whole, or
-- side by side with the listings from the newest to where a page begins.
CROSS JOIN LATERAL (SELECT * FROM accounts a WHERE a.id = l.seller_id OFFSET 0) AS seller
CROSS JOIN LATERAL (SELECT * FROM listing_stock s WHERE s.listing_id = l.id OFFSET 0) AS stock
