-- Orders, placed at even intervals all year, each of a listing published before it.

CREATE UNLOGGED TABLE growth.orders AS
WITH drawn AS (
    SELECT
        n,
        growth.instant(n / :orders::double precision) AS placed_at,
        growth.one_of(n * (:listings / :orders::double precision), n, 31) AS listing,
        -- The last accounts buy most, the first sell most.
        :accounts + 1 - growth.one_of(:accounts, n, 32) AS wanted_by,
        growth.one_of(5, n, 33) AS units,
        growth.chance(n, 34) AS draw,
        -- Tabs are settled once a week; the last week is still on them.
        (n - 1) * 52 / :orders AS week,
        n > :orders * 0.98 AS is_recent
    FROM generate_series(1, :orders::bigint) AS n
),
priced AS (
    SELECT
        drawn.*,
        l.id AS listing_id,
        l.seller_id,
        l.price_minor,
        -- Nobody buys from themselves.
        CASE WHEN wanted_by = l.seller THEN wanted_by % :accounts + 1 ELSE wanted_by END AS buyer,
        CASE WHEN l.price_minor * units < 500 THEN 'tab' ELSE 'checkout' END AS route
    FROM drawn
    JOIN growth.listings l ON l.n = drawn.listing
),
decided AS (
    SELECT
        *,
        CASE
            WHEN route = 'tab' AND draw < 0.98 THEN 'fulfilled'
            WHEN route = 'tab' THEN 'refunded'
            WHEN is_recent AND draw < 0.5 THEN 'awaiting_payment'
            WHEN draw < 0.82 THEN 'fulfilled'
            WHEN draw < 0.90 THEN 'expired'
            WHEN draw < 0.96 THEN 'canceled'
            ELSE 'refunded'
        END AS state
    FROM priced
)
SELECT
    n,
    growth.id(placed_at, 'order', n) AS id,
    growth.account_id(buyer) AS buyer_id,
    seller_id,
    listing_id,
    growth.terms_of(listing) AS terms_version,
    units,
    price_minor,
    price_minor * units AS total_minor,
    route,
    state,
    placed_at,
    is_recent,
    state = 'refunded' AND n % 2 = 0 AS units_returned,
    state IN ('fulfilled', 'refunded') AS has_token,
    route = 'checkout' AND state = 'refunded' AS has_refund,
    -- In the half hour after the year.
    CASE
        WHEN state = 'awaiting_payment' THEN growth.instant(1) + n % 1800 * interval '1 second'
    END AS lapses_at,
    CASE state
        WHEN 'expired' THEN placed_at + interval '31 minutes'
        WHEN 'canceled' THEN placed_at + interval '4 minutes'
        WHEN 'refunded' THEN placed_at + interval '50 hours'
    END AS closed_at,
    CASE
        -- One in five unpaid orders has no Checkout session yet.
        WHEN state = 'awaiting_payment' AND n % 5 = 0 THEN NULL
        WHEN route = 'checkout' THEN growth.id(placed_at, 'charge', n)
        WHEN state = 'fulfilled' AND week < 51
            THEN growth.id(growth.instant((week + 1) / 52::double precision), 'tab', buyer * 52 + week)
    END AS charge_id,
    -- Some tabs of the week before last are unpaid.
    route = 'tab' AND week = 50 AND buyer % 5 = 0 AS is_unpaid,
    growth.instant((week + 1) / 52::double precision) AS week_ends
FROM decided;

INSERT INTO orders (
    id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route, state,
    lapses_at, units_returned, idempotency_key, created_at, closed_at, charge_id, terms_version
)
SELECT
    id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, 'USD', route, state,
    lapses_at, units_returned, CASE WHEN n % 5 < 3 THEN 'basket-' || n END, placed_at, closed_at,
    charge_id, terms_version
FROM growth.orders
ORDER BY n;

-- Small orders are fulfilled when they are placed, the others when they are paid.
INSERT INTO tokens (
    id, order_id, listing_id, buyer_id, seller_id, units, state, created_at, expires_at
)
SELECT
    growth.id(issued_at, 'token', n), id, listing_id, buyer_id, seller_id, units,
    CASE WHEN state = 'refunded' OR n % 100 = 0 THEN 'revoked' ELSE 'active' END,
    issued_at,
    issued_at + interval '720 hours'
FROM (
    SELECT
        *,
        CASE route WHEN 'tab' THEN placed_at ELSE placed_at + interval '2 minutes' END AS issued_at
    FROM growth.orders
    WHERE has_token
) AS fulfilled
ORDER BY n;
