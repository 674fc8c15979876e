//! Applying the provider's events, once each.

use udam_domain::audit::AuditAction;
use udam_domain::id::ChargeId;
use udam_domain::payment::{EventEffect, RefundIds, ReversalReport};
use udam_domain::policy::OrderPolicy;
use udam_domain::{Applied, ApplyEvent, ReplayEvent};

use super::settle::PaidOn;
use super::{charge, end, out_of_order, received, reverse, settle};
use crate::alerts;
use crate::audit::{self, Change};
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
    let applied = if recorded == 0 {
        Applied::Repeated
    } else {
        take_effect(tx, policy, event).await?
    };
    received::record(tx, event, &applied).await?;
    Ok(applied)
}

/// Applies the event whether or not it is recorded, and records it with who has asked for it.
pub(super) async fn replay(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    replay: &ReplayEvent,
) -> TxResult<Applied> {
    let event = &replay.apply;
    let id = event.event.id.as_str();
    tx.run(RECORD, &[&id, &event.at]).await?;
    let before = received::state(tx, &event.event.id).await?;
    let before: &str = before.map_or("not received", Into::into);
    let applied = take_effect(tx, policy, event).await?;
    let charge = received::record(tx, event, &applied).await?;
    let after = match applied {
        Applied::Done => "applied",
        Applied::Alert(_) => "alerted",
        Applied::Ignored | Applied::Repeated => "unchanged",
    };
    let (before, after) = (format!("{id} {before}"), format!("{id} {after}"));
    let changed = Change {
        reason: Some(&replay.reason),
        before: Some(&before),
        after: Some(&after),
    };
    let (by, action) = (replay.by.actor(), AuditAction::EventReplayed);
    let subject = charge.map(ChargeId::uuid);
    audit::record_change(tx, action, Some(&by), event.at, subject, changed).await?;
    Ok(applied)
}

async fn take_effect(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    event: &ApplyEvent,
) -> TxResult<Applied> {
    let mut ids = RefundIds::starting_with(event.refund_id);
    match event.event.kind.effect() {
        EventEffect::Settle(charge_id, session, payment) => {
            let paid = PaidOn { session, payment };
            settle::settle(tx, policy, event, (charge_id, paid), &mut ids).await
        }
        EventEffect::End(charge_id, session, why) => {
            end::end(tx, charge_id, Some(session), why, event.at).await
        }
        EventEffect::Reverse(payment, reversal) => {
            let happened_at = event.event.at;
            out_of_order::lock_payment(tx, payment).await?;
            let Some(charge_id) = charge::of_payment(tx, payment).await? else {
                return out_of_order::keep(tx, payment, &reversal, happened_at).await;
            };
            let report = ReversalReport {
                payment,
                reversal: &reversal,
                happened_at,
                now: event.at,
                inquiries: policy.inquiries(),
            };
            let alerts = reverse::reverse(tx, charge_id, report, &mut ids).await?;
            alerts::applied(tx, alerts, event.at).await
        }
        EventEffect::Nothing => Ok(Applied::Ignored),
    }
}
