-- books::references: orders and tokens that point to what is not there. No foreign key holds them.
SELECT o.id, 'its buyer does not exist' AS finding
FROM orders o WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.id = o.buyer_id)
UNION ALL
SELECT o.id, 'its listing does not exist'
FROM orders o WHERE NOT EXISTS (SELECT FROM listings l WHERE l.id = o.listing_id)
UNION ALL
SELECT t.order_id, 'it has a token and does not exist'
FROM tokens t WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = t.order_id)
ORDER BY id
