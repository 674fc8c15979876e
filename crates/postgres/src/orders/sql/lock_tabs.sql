-- orders::locks::lock_tabs: of these accounts, and of those that these sessions belong to.
SELECT account_id, open_minor, currency
FROM tabs
WHERE account_id = ANY (
    ARRAY(SELECT account_id FROM sessions WHERE token_digest = ANY ($1::bytea[])) || $2::uuid[]
)
ORDER BY account_id
FOR NO KEY UPDATE
