//! Making the provider's events happen, once each.

use std::collections::BTreeMap;

use udam_domain::id::{ChargeId, OrderId};
use udam_domain::money::MoneyError;
use udam_domain::order::{Order, OrderEvent, StockOnHand, Transition, transition};
use udam_domain::payment::{
    CarriedOrder, ChargeSnapshot, ChargeState, OwnOrder, Payment, PaymentEventKind, Settled,
    Settlement, settle,
};
use udam_domain::policy::OrderPolicy;
use udam_domain::time::Timestamp;
use udam_domain::{Applied, ApplyEvent, PaymentAlert, StoreError};
use uuid::Uuid;

use super::charge::{self, ChargeRow};
use super::{consequences, early_news};
use crate::orders::{Issue, lock_stock, lock_tabs, lock_these, lock_where, move_tabs, write_moves};
use crate::predicates::on_tab;
use crate::transaction::{Parameters, Transaction, TxError};

pub(super) type Applying<T> = Result<T, TxError<StoreError>>;

const NOTE: &str = "\
-- payments::apply
INSERT INTO payment_events (id, applied_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";

/// Notes the event's name first: of two servers that are told the same, the second waits here for the
/// first, and then finds it noted.
pub(super) async fn apply(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    event: &ApplyEvent,
) -> Applying<Applied> {
    if tx.run(NOTE, &[&event.event.id.as_str(), &event.at]).await? == 0 {
        return Ok(Applied::Repeated);
    }
    match &event.event.kind {
        PaymentEventKind::Paid { charge_id, payment } => match charge_id {
            Some(charge_id) => paid(tx, policy, event, *charge_id, payment).await,
            None => Ok(Applied::Ignored),
        },
        PaymentEventKind::Failed { charge_id } => {
            over(tx, *charge_id, OrderEvent::PaymentFailed, event.at).await
        }
        PaymentEventKind::Expired { charge_id } => {
            over(tx, *charge_id, OrderEvent::Lapsed, event.at).await
        }
        kind @ (PaymentEventKind::Refunded { payment, .. }
        | PaymentEventKind::Disputed { payment }
        | PaymentEventKind::DisputeClosed { payment, .. }) => {
            early_news::take_turn(tx, payment).await?;
            match charge::of_payment(tx, payment).await? {
                Some(row) => consequences::of_news(tx, &row, kind, event.at).await,
                None => early_news::keep(tx, payment, kind, event.event.at).await,
            }
        }
        PaymentEventKind::Other => Ok(Applied::Ignored),
    }
}

/// A charge under lock, with the orders that it pays for.
struct Locked {
    row: ChargeRow,
    own: Option<Order>,
    carried: Vec<Order>,
    stock: StockOnHand,
}

/// Which orders a charge is for can be read before the locks: an own order never changes, and what is
/// carried is read again under them.
async fn lock(tx: &Transaction<'_>, charge_id: ChargeId) -> Applying<Option<Locked>> {
    let Some(seen) = charge::find::<StoreError>(tx, charge_id).await? else {
        return Ok(None);
    };
    let own_id = seen.charge.order.as_ref().map(|order| order.id);
    let listings: Vec<_> = consequences::listing_of(tx, own_id)
        .await?
        .into_iter()
        .collect();
    let available = lock_stock::<StoreError>(tx, &listings).await?;
    lock_tabs::<StoreError>(tx, &[seen.charge.buyer_id]).await?;
    let buyer = seen.charge.buyer_id.uuid();
    let mut orders = lock_where(tx, WHERE_PAID_BY, &[&charge_id.uuid(), &buyer]).await?;
    let Some(row) = charge::lock(tx, charge_id).await? else {
        return Ok(None);
    };
    let own = match own_id {
        Some(id) => lock_these::<StoreError>(tx, &[id]).await?.pop(),
        None => None,
    };
    orders.retain(|order| Some(order.id) != own_id);
    let carried = if row.state == ChargeState::Closed {
        lock_where(tx, WHERE_ON_TAB, &[&buyer]).await?
    } else {
        orders
    };
    let on_hand = own
        .as_ref()
        .and_then(|own| available.get(&own.listing_id)?.take(own.units));
    let stock = if on_hand.is_some() {
        StockOnHand::Enough
    } else {
        StockOnHand::Short
    };
    Ok(Some(Locked {
        row,
        own,
        carried,
        stock,
    }))
}

const WHERE_PAID_BY: &str = "o.charge_id = $1 AND o.buyer_id = $2";

const WHERE_ON_TAB: &str = concat!("o.buyer_id = $1 AND ", on_tab!("o"));

async fn paid(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    event: &ApplyEvent,
    charge_id: ChargeId,
    payment: &Payment,
) -> Applying<Applied> {
    let Some(locked) = lock(tx, charge_id).await? else {
        return Ok(Applied::Ignored);
    };
    let snapshot = ChargeSnapshot {
        state: locked.row.state,
        order: locked.own.as_ref().map(|own| OwnOrder {
            state: own.state,
            total: own.total,
            stock: locked.stock,
        }),
        tab: locked.row.charge.tab,
        carried: locked.carried.iter().map(carried_order).collect(),
    };
    match settle(&snapshot, payment).map_err(broken_books)? {
        Settlement::Repeated => Ok(Applied::Repeated),
        Settlement::Mismatch { expected } => Ok(Applied::Alert(PaymentAlert {
            charge_id,
            finding: format!("{:?} was paid, and {expected:?} asked for", payment.amount),
        })),
        Settlement::Settled(settled) => {
            write_settled(tx, policy, event, &locked, payment, &settled).await?;
            early_news::apply(tx, charge_id, payment, event.at).await?;
            Ok(Applied::Done)
        }
    }
}

fn carried_order(order: &Order) -> CarriedOrder {
    CarriedOrder {
        id: order.id,
        state: order.state,
        total: order.total,
    }
}

fn broken_books(error: MoneyError) -> StoreError {
    StoreError::Failed(Box::new(error))
}

const SETTLE: &str = "\
-- payments::apply::write_settled
UPDATE charges SET state = 'paid', payment = $2, payable = false, settled_at = $3 WHERE id = $1";

const CLEAR: &str = "\
-- payments::apply::write_settled, the small orders it pays for
UPDATE orders SET charge_id = $1 WHERE id = ANY ($2)";

const OWE: &str = "\
-- payments::apply::write_settled, what goes back
INSERT INTO refunds (id, charge_id, amount_minor, currency, created_at)
VALUES ($1, $2, $3, $4, $5)";

async fn write_settled(
    tx: &Transaction<'_>,
    policy: &OrderPolicy,
    event: &ApplyEvent,
    locked: &Locked,
    payment: &Payment,
    settled: &Settled,
) -> Applying<()> {
    let charge = locked.row.charge.id.uuid();
    if let (Some(own), Some(step)) = (&locked.own, settled.order) {
        let issue = Issue {
            token_id: event.token_id,
            expires_at: policy.token_expires(event.at),
        };
        write_moves(tx, &[(own, step)], event.at, Some(issue)).await?;
    }
    let buyer = locked.row.charge.buyer_id;
    move_tabs(tx, &BTreeMap::from([(buyer, -settled.off_the_tab.minor())])).await?;
    let cleared: Vec<Uuid> = settled
        .cleared
        .iter()
        .map(|id| OrderId::uuid(*id))
        .collect();
    tx.run(CLEAR, &[&charge, &cleared]).await?;
    tx.run(SETTLE, &[&charge, &payment.reference.as_str(), &event.at])
        .await?;
    if settled.give_back.minor() > 0 {
        let (refund, currency) = (event.refund_id.uuid(), settled.give_back.currency().code());
        let columns: Parameters<'_> = &[
            &refund,
            &charge,
            &settled.give_back.minor(),
            &currency,
            &event.at,
        ];
        tx.run(OWE, columns).await?;
    }
    Ok(())
}

/// Ends a charge that can no longer be paid, and with it the order that waited for it.
async fn over(
    tx: &Transaction<'_>,
    charge_id: Option<ChargeId>,
    event: OrderEvent,
    at: Timestamp,
) -> Applying<Applied> {
    let Some(charge_id) = charge_id else {
        return Ok(Applied::Ignored);
    };
    let Some(locked) = lock(tx, charge_id).await? else {
        return Ok(Applied::Ignored);
    };
    if locked.row.state == ChargeState::Paid {
        return Ok(Applied::Ignored);
    }
    if let Some(own) = &locked.own
        && let Transition::Move(step) = transition(own.state, event)
    {
        write_moves(tx, &[(own, step)], at, None).await?;
    }
    charge::close_unpayable(tx, charge_id).await?;
    Ok(Applied::Done)
}

/// As if the provider had said that the charge's session has expired.
pub(super) async fn expire(tx: &Transaction<'_>, charge: ChargeId, at: Timestamp) -> Applying<()> {
    over(tx, Some(charge), OrderEvent::Lapsed, at)
        .await
        .map(drop)
}
