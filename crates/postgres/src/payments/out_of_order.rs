//! Events about payments that no charge has yet: they are kept, and applied when one does.
//!
//! Transactions that record a payment and those that look for it exclude each other by [`lock_payment`]: an
//! event that was kept while its payment was being recorded would never be applied.

use strum::{Display, EnumString, IntoStaticStr};
use tokio_postgres::Row;
use udam_domain::Applied;
use udam_domain::id::{OrderId, RefundId};
use udam_domain::money::Money;
use udam_domain::payment::{
    DisputeState, OutOfOrderEvent, Payment, ProviderReference, RefundOutcome, ReportedDispute,
    ReportedRefund, Reversal, in_order_of_happening,
};
use udam_domain::time::Timestamp;

use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::transaction::{Parameters, Transaction, TxResult};

/// Kind of the event in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum Kind {
    Refunded,
    Refund,
    Dispute,
    /// A dispute, recorded before their ids were. So are the next two.
    Disputed,
    DisputeWon,
    DisputeLost,
}

stored_as_text!(Kind, RefundOutcome);

const LOCK_PAYMENT: &str = "\
-- payments::out_of_order::lock_payment
SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// Locks a payment, whether or not a charge has it, until the transaction ends. What is read of it
/// afterwards is as of the lock.
pub(super) async fn lock_payment(
    tx: &Transaction<'_>,
    payment: &ProviderReference,
) -> TxResult<()> {
    tx.run(LOCK_PAYMENT, &[&payment.as_str()]).await?;
    Ok(())
}

// The lock on the payment is held. An event that is replayed is not kept twice.
const KEEP: &str = "\
-- payments::out_of_order::keep
INSERT INTO out_of_order_events
    (payment, kind, refunded_minor, currency, happened_at, reference, state, refund_id, order_id)
SELECT $1::text, $2::text, $3::bigint, $4::text, $5::timestamptz, $6::text, $7::text, $8::uuid, $9::uuid
WHERE NOT EXISTS (
    SELECT FROM out_of_order_events
    WHERE payment = $1 AND kind = $2 AND refunded_minor = $3 AND currency = $4 AND happened_at = $5
        AND reference IS NOT DISTINCT FROM $6 AND state IS NOT DISTINCT FROM $7
)";

pub(super) async fn keep(
    tx: &Transaction<'_>,
    payment: &ProviderReference,
    reversal: &Reversal,
    happened_at: Timestamp,
) -> TxResult<Applied> {
    let kept = Kept::of(reversal);
    let kind: &str = kept.kind.into();
    let columns: Parameters<'_> = &[
        &payment.as_str(),
        &kind,
        &kept.amount.minor(),
        &kept.amount.currency().code(),
        &happened_at,
        &kept.reference.map(ProviderReference::as_str),
        &kept.state,
        &kept.refund_id.map(RefundId::uuid),
        &kept.order_id.map(OrderId::uuid),
    ];
    tx.run(KEEP, columns).await?;
    Ok(Applied::Ignored)
}

/// A reversal as a row.
struct Kept<'r> {
    kind: Kind,
    amount: Money,
    reference: Option<&'r ProviderReference>,
    state: Option<&'static str>,
    refund_id: Option<RefundId>,
    order_id: Option<OrderId>,
}

impl<'r> Kept<'r> {
    fn of(reversal: &'r Reversal) -> Self {
        match reversal {
            Reversal::Refunded(amount) => Self {
                kind: Kind::Refunded,
                amount: *amount,
                reference: None,
                state: None,
                refund_id: None,
                order_id: None,
            },
            Reversal::Refund(refund) => Self {
                kind: Kind::Refund,
                amount: refund.amount,
                reference: Some(&refund.reference),
                state: Some(refund.outcome.into()),
                refund_id: refund.id,
                order_id: refund.order_id,
            },
            Reversal::Dispute(dispute) => Self {
                kind: Kind::Dispute,
                amount: dispute.amount,
                reference: Some(&dispute.reference),
                state: Some(dispute.state.into()),
                refund_id: None,
                order_id: None,
            },
        }
    }
}

const TAKE: &str = "\
-- payments::out_of_order::take
DELETE FROM out_of_order_events WHERE payment = $1
RETURNING id, kind, refunded_minor, currency, happened_at, reference, state, refund_id, order_id";

/// Takes the events that were kept about a payment, now that a charge has it, in the order in which they
/// happened.
pub(super) async fn take(tx: &Transaction<'_>, paid: &Payment) -> TxResult<Vec<OutOfOrderEvent>> {
    lock_payment(tx, &paid.reference).await?;
    let kept = tx.rows(TAKE, &[&paid.reference.as_str()]).await?;
    let kept = kept.iter().map(|row| event(row, paid));
    Ok(in_order_of_happening(kept.collect::<Result<_, _>>()?))
}

fn event(row: &Row, paid: &Payment) -> Result<OutOfOrderEvent, Unreadable> {
    let without_id = |state| ReportedDispute {
        reference: ProviderReference::new(format!("unknown:{}", paid.reference)),
        amount: paid.amount,
        state,
        is_known: true,
    };
    Ok(OutOfOrderEvent {
        reversal: match row.read("kind")? {
            Kind::Refunded => Reversal::Refunded(row.read_money("refunded_minor")?),
            Kind::Refund => Reversal::Refund(ReportedRefund {
                reference: row.read("reference")?,
                id: row.read("refund_id")?,
                order_id: row.read("order_id")?,
                amount: row.read_money("refunded_minor")?,
                outcome: row.read("state")?,
            }),
            Kind::Dispute => Reversal::Dispute(ReportedDispute {
                reference: row.read("reference")?,
                amount: row.read_money("refunded_minor")?,
                state: row.read("state")?,
                is_known: true,
            }),
            Kind::Disputed => Reversal::Dispute(without_id(DisputeState::Open)),
            Kind::DisputeWon => Reversal::Dispute(without_id(DisputeState::Won)),
            Kind::DisputeLost => Reversal::Dispute(without_id(DisputeState::Lost)),
        },
        at: row.read("happened_at")?,
        received: row.read("id")?,
    })
}
