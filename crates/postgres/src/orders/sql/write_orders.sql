-- orders::write::place: newly placed orders with all that goes with them.
WITH placed AS (
    SELECT *
    FROM unnest(
        $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::timestamptz[],
        $14::uuid[], $15::timestamptz[]
    ) AS placed (
        id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route, state,
        lapses_at, idempotency_key, created_at, token_id, token_expires_at
    )
),
ordered AS (
    INSERT INTO orders (
        id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route, state,
        lapses_at, idempotency_key, created_at
    )
    SELECT
        id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route, state,
        lapses_at, idempotency_key, created_at
    FROM placed
),
moved AS (
    UPDATE listing_stock AS stock
    SET
        available = stock.available + change.available,
        held = stock.held + change.held,
        sold = stock.sold + change.sold,
        revenue_minor = stock.revenue_minor + change.revenue_minor
    FROM unnest(
        $16::uuid[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[]
    ) AS change (listing_id, available, held, sold, revenue_minor)
    WHERE stock.listing_id = change.listing_id
),
owed AS (
    UPDATE tabs SET open_minor = tabs.open_minor + change.minor
    FROM unnest($21::uuid[], $22::bigint[]) AS change (account_id, minor)
    WHERE tabs.account_id = change.account_id
),
noted AS (
    -- A use goes unnoted rather than wait for somebody who is just ending the session.
    UPDATE sessions SET last_seen_at = greatest(sessions.last_seen_at, free.at)
    FROM (
        SELECT s.id, used.at
        FROM unnest($23::bytea[], $24::timestamptz[]) AS used (token_digest, at)
        JOIN sessions s ON s.token_digest = used.token_digest
        FOR NO KEY UPDATE OF s SKIP LOCKED
    ) AS free
    WHERE sessions.id = free.id
)
INSERT INTO tokens (
    id, order_id, listing_id, buyer_id, seller_id, units, state, created_at, expires_at
)
SELECT token_id, id, listing_id, buyer_id, seller_id, units, 'active', created_at, token_expires_at
FROM placed
WHERE token_id IS NOT NULL
