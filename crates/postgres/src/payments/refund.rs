//! Refunds as rows.

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::money::Money;
use udam_domain::payment::{ProviderReference, Refund, RefundOrigin, RefundState};
use udam_domain::time::Timestamp;

use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::transaction::{Parameters, Transaction, TxResult};

stored_as_text!(RefundOrigin, RefundState);

const WRITE: &str = "\
-- payments::refund::write
INSERT INTO refunds AS r (
    id, charge_id, origin, order_id, wanted_minor, amount_minor, currency, state, reference, attempts,
    not_before, other_payment, created_at, sent_at
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9::text, $10, $11, $12, $13::timestamptz,
    CASE WHEN $9::text IS NOT NULL THEN $13::timestamptz END
)
ON CONFLICT (id) DO UPDATE
SET
    amount_minor = excluded.amount_minor,
    given_elsewhere_minor = greatest(excluded.wanted_minor - excluded.amount_minor, 0),
    wanted_minor = excluded.wanted_minor,
    state = excluded.state,
    reference = excluded.reference,
    sent_at = CASE WHEN excluded.reference IS NOT NULL THEN coalesce(r.sent_at, excluded.sent_at) END";

/// Inserts refunds, or changes what is known of them.
pub(crate) async fn write<E: From<StoreError>>(
    tx: &Transaction<'_>,
    charge: ChargeId,
    refunds: &[Refund],
    at: Timestamp,
) -> TxResult<(), E> {
    for refund in refunds {
        let (origin, state): (&str, &str) = (refund.origin.into(), refund.state.into());
        let reference = refund.reference.as_ref().map(ProviderReference::as_str);
        let other = refund.other_payment.as_ref().map(ProviderReference::as_str);
        let columns: Parameters<'_> = &[
            &refund.id.uuid(),
            &charge.uuid(),
            &origin,
            &refund.order_id.map(OrderId::uuid),
            &refund.wanted.minor(),
            &refund.amount.minor(),
            &refund.amount.currency().code(),
            &state,
            &reference,
            &i32::from(refund.attempts),
            &refund.not_before,
            &other,
            &at,
        ];
        tx.run(WRITE, columns).await?;
    }
    Ok(())
}

const OF_CHARGE: &str = "\
-- payments::refund::of_charge
SELECT
    id, origin, order_id, coalesce(wanted_minor, amount_minor + given_elsewhere_minor) AS wanted_minor,
    amount_minor, currency, state, reference, claimed_until IS NOT NULL AS claimed, attempts, not_before,
    other_payment
FROM refunds WHERE charge_id = $1 ORDER BY id";

/// All refunds of a charge, by id.
pub(super) async fn of_charge<E: From<StoreError>>(
    tx: &Transaction<'_>,
    charge: ChargeId,
) -> TxResult<Vec<Refund>, E> {
    let found = tx.rows(OF_CHARGE, &[&charge.uuid()]).await?;
    Ok(found.iter().map(refund).collect::<Result<_, _>>()?)
}

fn refund(row: &Row) -> Result<Refund, Unreadable> {
    let wanted: Money = row.read_money("wanted_minor")?;
    let attempts: i32 = row.read("attempts")?;
    Ok(Refund {
        id: row.read("id")?,
        origin: row.read("origin")?,
        order_id: row.read("order_id")?,
        wanted,
        amount: row.read_money("amount_minor")?,
        state: row.read("state")?,
        reference: row.read("reference")?,
        claimed: row.read("claimed")?,
        attempts: u16::try_from(attempts).unwrap_or(u16::MAX),
        not_before: row.read("not_before")?,
        other_payment: row.read("other_payment")?,
    })
}

const GIVES_BACK: &str = "\
-- payments::refund::gives_back
SELECT id FROM refunds WHERE other_payment = $1 AND attempts = 0";

/// Whether a payment is given back because its charge had been paid already.
pub(super) async fn gives_back(
    tx: &Transaction<'_>,
    payment: &ProviderReference,
) -> TxResult<bool> {
    Ok(tx.row(GIVES_BACK, &[&payment.as_str()]).await?.is_some())
}
