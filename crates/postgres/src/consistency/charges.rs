use tokio_postgres::Error;
use udam_domain::id::ChargeId;
use udam_domain::order::Fulfillment;
use udam_domain::payment::{ChargeState, DisputeState};

use super::check::{check, states};
use super::discrepancy::{Discrepancy, Subject};
use crate::transaction::{Parameters, Transaction};

const CHECK_PAYMENTS: &str = "\
-- consistency::charges::check_payments
WITH kept AS (
    SELECT charge_id, sum(total_minor)::bigint AS minor
    FROM orders
    WHERE state = ANY ($1) AND charge_id IS NOT NULL
    GROUP BY charge_id
),
returned AS (
    SELECT charge_id, sum(amount_minor + given_elsewhere_minor)::bigint AS minor
    FROM refunds GROUP BY charge_id
)
SELECT
    c.id,
    format(
        '%s was paid; the orders that it pays for sum to %s and its refunds to %s',
        c.order_minor + c.tab_minor, coalesce(kept.minor, 0), coalesce(returned.minor, 0)
    ) AS finding
FROM charges c
LEFT JOIN kept ON kept.charge_id = c.id
LEFT JOIN returned ON returned.charge_id = c.id
WHERE c.state = $2
    -- A payment that the provider has taken back or fully refunded by itself has no refund of ours.
    AND c.dispute IS DISTINCT FROM $3
    AND c.refunded_minor < c.order_minor + c.tab_minor
    AND coalesce(kept.minor, 0) + coalesce(returned.minor, 0) <> c.order_minor + c.tab_minor
ORDER BY c.id";

/// Finds paid charges whose amount is neither kept for their orders nor refunded.
pub(super) async fn check_payments(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    let parameters: Parameters<'_> = &[
        &states(Fulfillment::Current),
        &<&str>::from(ChargeState::Paid),
        &<&str>::from(DisputeState::Lost),
    ];
    let subject = |id| Subject::Charge(ChargeId::from_uuid(id));
    check(tx, CHECK_PAYMENTS, parameters, subject).await
}
