use strum::VariantArray;
use tokio_postgres::Error;
use udam_domain::id::ChargeId;
use udam_domain::order::Fulfillment;
use udam_domain::payment::{ChargeState, DisputeState, RefundState};

use super::check::check;
use super::discrepancy::{Discrepancy, Subject};
use crate::order_states::states;
use crate::transaction::{Parameters, Transaction};

const CHECK_PAYMENTS: &str = "\
-- consistency::charges::check_payments
WITH kept AS (
    SELECT charge_id, sum(total_minor)::bigint AS minor
    FROM orders
    WHERE state = ANY ($1) AND charge_id IS NOT NULL
    GROUP BY charge_id
),
gone AS (
    SELECT
        charge_id,
        coalesce(sum(amount_minor) FILTER (WHERE state = ANY ($3)), 0)::bigint AS minor,
        coalesce(sum(amount_minor) FILTER (WHERE state = ANY ($4)), 0)::bigint AS owed
    FROM refunds WHERE other_payment IS NULL GROUP BY charge_id
),
lost AS (
    SELECT charge_id, sum(amount_minor)::bigint AS minor
    FROM disputes WHERE state = $5 GROUP BY charge_id
),
books AS (
    SELECT
        c.id, c.order_minor + c.tab_minor AS total, coalesce(kept.minor, 0) AS kept,
        coalesce(gone.minor, 0) + coalesce(lost.minor, 0) AS gone, coalesce(gone.owed, 0) AS owed
    FROM charges c
    LEFT JOIN kept ON kept.charge_id = c.id
    LEFT JOIN gone ON gone.charge_id = c.id
    LEFT JOIN lost ON lost.charge_id = c.id
    WHERE c.state = $2
)
SELECT
    id,
    format(
        '%s was paid; the orders that it pays for sum to %s, %s has gone back, and %s is owed',
        total, kept, gone, owed
    ) AS finding
FROM books
WHERE kept + gone + owed < total OR (owed > 0 AND gone + owed > total)
ORDER BY id";

/// Finds paid charges whose amount is neither kept for their orders, nor has gone back, nor is owed; and those
/// of which more is owed than is left.
pub(super) async fn check_payments(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    let refunds = |selected: fn(RefundState) -> bool| -> Vec<&'static str> {
        let states = RefundState::VARIANTS.iter().copied();
        states
            .filter(|state| selected(*state))
            .map(Into::into)
            .collect()
    };
    let parameters: Parameters<'_> = &[
        &states(Fulfillment::Current),
        &<&str>::from(ChargeState::Paid),
        &refunds(RefundState::has_left),
        &refunds(RefundState::is_unsent),
        &<&str>::from(DisputeState::Lost),
    ];
    let subject = |id| Subject::Charge(ChargeId::from_uuid(id));
    check(tx, CHECK_PAYMENTS, parameters, subject).await
}
