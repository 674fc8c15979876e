-- Calls through the gateway, of which two weeks are kept.

CREATE UNLOGGED TABLE growth.gateway_tokens AS
SELECT
    o.n, t.id, t.listing_id, t.buyer_id, t.seller_id, t.units, t.created_at, o.terms_version,
    -- Some are used up.
    o.n % (t.units + 1) AS charged,
    -- A few are called without end, by who gets no answer.
    CASE WHEN o.n % 40 = 0 THEN 2000 ELSE 50 END AS failed,
    growth.id(t.created_at, 'access key', o.n) AS key_id,
    greatest(t.created_at, timestamptz '2025-12-18 00:00:00+00') AS called_from,
    least(t.expires_at, timestamptz '2026-01-01 00:00:00+00') AS called_until
FROM tokens t
JOIN growth.orders o ON o.id = t.order_id
WHERE o.terms_version IS NOT NULL;

INSERT INTO token_balances (token_id, units, left_units)
SELECT id, units, units - charged FROM growth.gateway_tokens ORDER BY n;

INSERT INTO access_keys (id, token_id, digest, created_at, sealed_key, master_key_id)
SELECT
    key_id, id, decode(md5('access' || n) || md5('key' || n), 'hex'), created_at,
    -- As long as a sealed key; no master key opens it.
    decode(md5('key' || n) || md5('seal' || n) || md5('tag' || n), 'hex'), 'growth'
FROM growth.gateway_tokens
ORDER BY n;

DO $$
DECLARE
    day date;
BEGIN
    FOR day IN SELECT generate_series(date '2025-12-18', date '2026-01-07', interval '1 day') LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF calls FOR VALUES FROM (%L) TO (%L)',
            'calls_' || to_char(day, 'YYYY_MM_DD'), growth.first_id(day), growth.first_id(day + 1)
        );
    END LOOP;
END
$$;

INSERT INTO calls_dropped (before) VALUES ('2025-12-18 00:00:00+00');

WITH made AS (
    SELECT
        t.*, number, 200 AS status, 1 AS cost,
        called_from + (called_until - called_from) * (number / (charged + 1)::double precision) AS began_at
    FROM growth.gateway_tokens t CROSS JOIN LATERAL generate_series(1, charged) AS number
    WHERE called_from = created_at AND called_from < called_until
    UNION ALL
    SELECT
        t.*, number, 503, 0,
        called_from + (called_until - called_from) * (number / (failed + 1)::double precision)
    FROM growth.gateway_tokens t CROSS JOIN LATERAL generate_series(1, failed) AS number
    WHERE called_from < called_until
)
INSERT INTO calls (
    id, token_id, key_id, listing_id, buyer_id, seller_id, terms_version, units, status,
    request_bytes, response_bytes, latency_micros, began_at, ended_at, outcome, method, path
)
SELECT
    growth.id(began_at, 'call ' || status || ' of ' || n, number), id, key_id, listing_id, buyer_id, seller_id, terms_version, cost,
    status, 0, 1000, 5000 + floor(growth.chance(n, number) * 100000)::bigint, began_at,
    began_at + interval '1 second', 'answered', 'GET', '/v1/data'
FROM made
ORDER BY began_at, n;
