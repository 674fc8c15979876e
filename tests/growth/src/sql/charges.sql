-- Charges, refunds, and the provider events that have been applied.

INSERT INTO charges (
    id, buyer_id, order_id, order_minor, tab_minor, currency, state, session, session_url, payment,
    payable, refunded_minor, expires_at, created_at, settled_at
)
SELECT
    charge_id, buyer_id, order_id, order_minor, tab_minor, 'USD', state,
    'cs_' || name,
    'https://checkout.growth.example/' || name,
    CASE WHEN state = 'paid' THEN 'pi_' || name END,
    payable,
    refunded_minor,
    expires_at,
    created_at,
    CASE WHEN state = 'paid' THEN created_at + interval '2 minutes' END
FROM (
    SELECT
        charge_id, buyer_id, id AS order_id, total_minor AS order_minor, 0 AS tab_minor,
        CASE
            WHEN has_token THEN 'paid'
            WHEN state = 'awaiting_payment' THEN 'open'
            ELSE 'closed'
        END AS state,
        -- The provider has not closed the sessions of recently canceled orders yet.
        state = 'awaiting_payment' OR (state = 'canceled' AND is_recent) AS payable,
        CASE WHEN has_refund AND NOT is_recent THEN total_minor ELSE 0 END AS refunded_minor,
        coalesce(lapses_at, placed_at + interval '30 minutes') AS expires_at,
        placed_at AS created_at
    FROM growth.orders
    WHERE route = 'checkout' AND charge_id IS NOT NULL
    UNION ALL
    SELECT
        charge_id, buyer_id, NULL, 0, sum(total_minor)::bigint,
        CASE WHEN is_unpaid THEN 'open' ELSE 'paid' END,
        is_unpaid,
        0,
        CASE WHEN is_unpaid THEN growth.instant(1) ELSE week_ends END + interval '30 minutes',
        week_ends
    FROM growth.orders
    WHERE route = 'tab' AND charge_id IS NOT NULL
    GROUP BY charge_id, buyer_id, is_unpaid, week_ends
) AS charged
CROSS JOIN LATERAL (SELECT replace(charge_id::text, '-', '') AS name) AS named
ORDER BY charge_id;

INSERT INTO refunds (
    id, charge_id, order_id, amount_minor, wanted_minor, currency, state, reference, created_at, sent_at
)
SELECT
    growth.id(closed_at, 'refund', n), charge_id, id, total_minor, total_minor, 'USD',
    CASE WHEN NOT is_recent THEN 'given' ELSE 'owed' END,
    CASE WHEN NOT is_recent THEN 're_' || replace(charge_id::text, '-', '') END,
    closed_at,
    CASE WHEN NOT is_recent THEN closed_at + interval '1 minute' END
FROM growth.orders
WHERE has_refund
ORDER BY n;

INSERT INTO payment_events (id, applied_at)
SELECT
    'evt_' || replace(id::text, '-', ''),
    coalesce(settled_at, expires_at)
FROM charges
WHERE NOT payable
ORDER BY id;

INSERT INTO received_events (
    id, kind, state, charge_id, session, payment, happened_at, received_at, last_at
)
SELECT
    'evt_' || replace(id::text, '-', ''),
    CASE WHEN state = 'paid' THEN 'paid' ELSE 'session_expired' END,
    CASE WHEN state = 'paid' THEN 'applied' ELSE 'ignored' END,
    id, session, payment, at, at, at
FROM charges
CROSS JOIN LATERAL (SELECT coalesce(settled_at, expires_at) AS at) AS ended
WHERE NOT payable
ORDER BY id;
