-- Number of these orders that are fulfilled.
SELECT count(*)
FROM unnest($1::uuid[]) AS acknowledged (id)
JOIN orders o ON o.id = acknowledged.id AND o.state = 'fulfilled'
JOIN tokens t ON t.order_id = o.id AND t.units = o.units
