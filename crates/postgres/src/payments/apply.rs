//! Applying the provider's events, once each.

use udam_domain::payment::EventEffect;
use udam_domain::policy::OrderPolicy;
use udam_domain::{Applied, ApplyEvent};

use super::{charge, end, out_of_order, reverse, settle};
use crate::transaction::{Transaction, TxResult};

const RECORD: &str = "\
-- payments::apply
INSERT INTO payment_events (id, applied_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";

/// Records the event first: of two servers that receive the same, the second waits here for the first, and
/// then finds it recorded.
pub(super) async fn apply(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    event: &ApplyEvent,
) -> TxResult<Applied> {
    let recorded = tx
        .run(RECORD, &[&event.event.id.as_str(), &event.at])
        .await?;
    if recorded == 0 {
        return Ok(Applied::Repeated);
    }
    match event.event.kind.effect() {
        EventEffect::Settle(charge_id, payment) => {
            settle::settle(tx, policy, event, charge_id, payment).await
        }
        EventEffect::End(charge_id, why) => end::end(tx, charge_id, why, event.at).await,
        EventEffect::Reverse(payment, reversal) => {
            out_of_order::lock_payment(tx, payment).await?;
            match charge::of_payment(tx, payment).await? {
                Some(charge_id) => reverse::reverse(tx, charge_id, reversal, event.at).await,
                None => out_of_order::keep(tx, payment, reversal, event.event.at).await,
            }
        }
        EventEffect::Nothing => Ok(Applied::Ignored),
    }
}
