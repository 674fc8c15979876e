-- orders::write::move_orders
UPDATE orders AS o
SET
    state = moved.state,
    units_returned = moved.units_returned,
    lapses_at = NULL,
    closed_at = CASE WHEN moved.state = 'fulfilled' THEN NULL ELSE $4::timestamptz END
FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS moved (id, state, units_returned)
WHERE o.id = moved.id
