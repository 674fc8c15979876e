-- Buyers with a tab and a live session each.
WITH buyers AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[])
        AS buyer (account_id, session_id, token_digest)
), accounts AS (
    INSERT INTO accounts (id, email, name, created_at)
    SELECT account_id, account_id || '@example.com', 'Buyer', now() FROM buyers
), tabs AS (
    INSERT INTO tabs (account_id, currency) SELECT account_id, 'USD' FROM buyers
)
INSERT INTO sessions (id, account_id, token_digest, created_at, last_seen_at, expires_at)
SELECT session_id, account_id, token_digest, now(), now(), now() + interval '30 days' FROM buyers
