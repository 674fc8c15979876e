use tokio_postgres::Error;
use udam_domain::id::{CallId, ListingId, OrderId, TokenId};

use super::check::check;
use super::discrepancy::{Discrepancy, Subject};
use crate::transaction::Transaction;

/// Calls of tokens as old as this, or older, are not all kept.
macro_rules! dropped_before {
    () => {
        "(SELECT coalesce(max(before), '-infinity') AS before FROM calls_dropped)"
    };
}

const CHECK_BALANCES: &str = concat!(
    "\
-- consistency::calls::check_balances
WITH opened AS (
    SELECT token_id, sum(taken)::bigint AS units FROM open_calls GROUP BY token_id
),
kept AS (
    SELECT token_id, sum(units)::bigint AS units FROM calls GROUP BY token_id
),
books AS (
    SELECT
        b.token_id AS id, b.units, b.left_units, t.units AS bought,
        coalesce(opened.units, 0) AS opened, coalesce(kept.units, 0) AS kept,
        t.created_at >= dropped.before AS is_whole
    FROM token_balances b
    JOIN tokens t ON t.id = b.token_id
    LEFT JOIN opened ON opened.token_id = b.token_id
    LEFT JOIN kept ON kept.token_id = b.token_id
    CROSS JOIN ",
    dropped_before!(),
    " AS dropped
)
SELECT
    id,
    format(
        '%s units were bought, %s are open and %s were charged by the calls that are kept; '
        'by its balance %s of %s are left',
        bought, opened, kept, left_units, units
    ) AS finding
FROM books
WHERE units <> bought OR units - left_units < opened + kept OR (is_whole AND units - left_units <> opened + kept)
UNION ALL
SELECT opened.token_id, 'it has open calls and no balance'
FROM opened
WHERE NOT EXISTS (SELECT FROM token_balances b WHERE b.token_id = opened.token_id)
UNION ALL
SELECT t.id, 'it has access keys and no balance'
FROM tokens t
WHERE EXISTS (SELECT FROM access_keys k WHERE k.token_id = t.id)
    AND NOT EXISTS (SELECT FROM token_balances b WHERE b.token_id = t.id)
UNION ALL
SELECT t.id, 'it has a balance and was not bought under gateway terms'
FROM token_balances b
JOIN tokens t ON t.id = b.token_id
LEFT JOIN orders o ON o.id = t.order_id
WHERE o.terms_version IS NULL
ORDER BY id"
);

/// Finds tokens whose balance differs from what was bought and from what their calls sum to. A token some of whose calls
/// are no longer kept may have been charged for more.
pub(super) async fn check_balances(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    check(tx, CHECK_BALANCES, &[], token).await
}

const CHECK_KEYS: &str = concat!(
    "\
-- consistency::calls::check_keys
WITH spent AS (
    SELECT key_id, sum(units)::bigint AS units
    FROM (
        SELECT key_id, taken AS units FROM open_calls
        UNION ALL
        SELECT key_id, units FROM calls
    ) AS taken
    GROUP BY key_id
)
SELECT
    k.token_id AS id,
    format(
        'its access key %s has taken %s units, and its calls sum to %s',
        k.id, k.taken_units, coalesce(spent.units, 0)
    ) AS finding
FROM access_keys k
JOIN tokens t ON t.id = k.token_id
LEFT JOIN spent ON spent.key_id = k.id
CROSS JOIN ",
    dropped_before!(),
    " AS dropped
WHERE k.max_units IS NOT NULL
    AND (
        k.taken_units < coalesce(spent.units, 0)
        OR (t.created_at >= dropped.before AND k.taken_units <> coalesce(spent.units, 0))
    )
ORDER BY id"
);

/// Finds access keys with a limit whose counter differs from what their calls sum to.
pub(super) async fn check_keys(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    check(tx, CHECK_KEYS, &[], token).await
}

const CHECK_LISTINGS: &str = "\
-- consistency::calls::check_terms, of listings
SELECT l.id, format('its gateway terms of version %s do not exist', l.terms_version) AS finding
FROM listings l
WHERE l.terms_version IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM gateway_terms g WHERE g.listing_id = l.id AND g.version = l.terms_version
    )
ORDER BY id";

const CHECK_ORDERS: &str = "\
-- consistency::calls::check_terms, of orders
SELECT o.id, format('its gateway terms of version %s do not exist', o.terms_version) AS finding
FROM orders o
WHERE o.terms_version IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM gateway_terms g WHERE g.listing_id = o.listing_id AND g.version = o.terms_version
    )
ORDER BY id";

/// Finds listings and orders whose gateway terms do not exist.
pub(super) async fn check_terms(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    let listing = |id| Subject::Listing(ListingId::from_uuid(id));
    let mut found = check(tx, CHECK_LISTINGS, &[], listing).await?;
    let order = |id| Subject::Order(OrderId::from_uuid(id));
    found.extend(check(tx, CHECK_ORDERS, &[], order).await?);
    Ok(found)
}

// No foreign keys hold these references: calls are many.
const CHECK_REFERENCES: &str = "\
-- consistency::calls::check_references
SELECT c.id, 'it has ended and is open' AS finding
FROM open_calls c WHERE EXISTS (SELECT FROM calls ended WHERE ended.id = c.id)
UNION ALL
SELECT c.id, 'its access key does not exist, or is that of another token'
FROM (SELECT id, key_id, token_id FROM calls UNION ALL SELECT id, key_id, token_id FROM open_calls) AS c
WHERE NOT EXISTS (SELECT FROM access_keys k WHERE k.id = c.key_id AND k.token_id = c.token_id)
UNION ALL
SELECT c.id, 'its token is for another buyer, seller, listing or version of terms'
FROM calls c
LEFT JOIN tokens t ON t.id = c.token_id
LEFT JOIN orders o ON o.id = t.order_id
WHERE (c.buyer_id, c.seller_id, c.listing_id, c.terms_version)
    IS DISTINCT FROM (t.buyer_id, t.seller_id, t.listing_id, o.terms_version)
ORDER BY id";

/// Finds calls that contradict each other, their keys or their tokens.
pub(super) async fn check_references(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    let call = |id| Subject::Call(CallId::from_uuid(id));
    check(tx, CHECK_REFERENCES, &[], call).await
}

fn token(id: uuid::Uuid) -> Subject {
    Subject::Token(TokenId::from_uuid(id))
}
