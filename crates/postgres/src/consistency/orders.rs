use tokio_postgres::Error;
use udam_domain::id::OrderId;
use udam_domain::order::{Fulfillment, PaymentRoute};
use udam_domain::payment::ChargeState;
use udam_domain::token::TokenState;
use uuid::Uuid;

use super::check::check;
use super::discrepancy::{Discrepancy, Subject};
use crate::order_states::states;
use crate::transaction::{Parameters, Transaction};

// $1, $2 and $3 are the states of orders that are fulfilled, were never fulfilled, and no longer are.
const CHECK_STATES: &str = "\
-- consistency::orders::check_states
SELECT o.id, wrong.finding
FROM orders o
LEFT JOIN tokens t ON t.order_id = o.id
JOIN listings l ON l.id = o.listing_id
LEFT JOIN charges c ON c.id = o.charge_id
CROSS JOIN LATERAL (
    VALUES
    (
        o.state = ANY ($1) AND t.id IS NULL,
        format('it is %s and has no token', o.state)
    ),
    (
        o.state = ANY ($2) AND t.id IS NOT NULL,
        format('it is %s and has a token', o.state)
    ),
    (
        o.state = ANY ($3) AND t.state <> $4,
        format('it is %s and its token is %s', o.state, t.state)
    ),
    (
        (t.buyer_id, t.seller_id, t.listing_id, t.units)
            IS DISTINCT FROM (o.buyer_id, o.seller_id, o.listing_id, o.units)
            AND t.id IS NOT NULL,
        'its token is for another buyer, seller, listing or number of units'
    ),
    (
        o.seller_id <> l.seller_id,
        'its seller is not the seller of its listing'
    ),
    (
        o.route = $5 AND o.state = ANY ($1) AND c.state IS DISTINCT FROM $6,
        format('it is %s and was not paid', o.state)
    ),
    (
        o.state = ANY ($2) AND c.state = $6,
        format('it is %s and was paid', o.state)
    ),
    (
        c.buyer_id <> o.buyer_id,
        'its charge is for another buyer'
    ),
    (
        o.route = $7 AND o.state = ANY ($2),
        format('it is on the tab and %s', o.state)
    )
) AS wrong (applies, finding)
WHERE wrong.applies
ORDER BY o.id";

/// Finds orders whose token or charge contradicts their state.
pub(super) async fn check_states(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    let parameters: Parameters<'_> = &[
        &states(Fulfillment::Current),
        &states(Fulfillment::Never),
        &states(Fulfillment::Former),
        &<&str>::from(TokenState::Revoked),
        &<&str>::from(PaymentRoute::Checkout),
        &<&str>::from(ChargeState::Paid),
        &<&str>::from(PaymentRoute::Tab),
    ];
    check(tx, CHECK_STATES, parameters, subject).await
}

// No foreign keys hold these references: `docs/orders.md` gives the reason.
const CHECK_REFERENCES: &str = "\
-- consistency::orders::check_references
SELECT o.id, 'its buyer does not exist' AS finding
FROM orders o WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.id = o.buyer_id)
UNION ALL
SELECT o.id, 'its listing does not exist'
FROM orders o WHERE NOT EXISTS (SELECT FROM listings l WHERE l.id = o.listing_id)
UNION ALL
SELECT t.order_id, 'it has a token and does not exist'
FROM tokens t WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = t.order_id)
ORDER BY id";

/// Finds orders and tokens that refer to rows that do not exist.
pub(super) async fn check_references(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    check(tx, CHECK_REFERENCES, &[], subject).await
}

fn subject(id: Uuid) -> Subject {
    Subject::Order(OrderId::from_uuid(id))
}
