-- Totals of all orders.
SELECT (SELECT count(*) FROM orders) AS orders,
       (SELECT count(*) FROM tokens) AS tokens,
       (SELECT coalesce(sum(sold), 0)::bigint FROM listing_stock) AS sold
