//! What refunds and disputes at the provider do to orders and tokens.

use udam_domain::id::{ListingId, OrderId};
use udam_domain::order::{Order, OrderEvent, ReturnedUnits, Transition, transition};
use udam_domain::payment::PaymentEventKind;
use udam_domain::time::Timestamp;
use udam_domain::{Applied, StoreError};
use uuid::Uuid;

use super::apply::Applying;
use super::charge::{self, ChargeRow};
use crate::columns::Columns;
use crate::orders::{lock_all, write_moves};
use crate::transaction::Transaction;

/// Applies news of a payment that has paid `row`.
pub(super) async fn of_news(
    tx: &Transaction<'_>,
    row: &ChargeRow,
    news: &PaymentEventKind,
    at: Timestamp,
) -> Applying<Applied> {
    let charge = row.charge.id.uuid();
    let orders = lock_all::<StoreError>(tx, &orders_of(tx, charge).await?).await?;
    charge::lock::<StoreError>(tx, row.charge.id).await?;
    match news {
        PaymentEventKind::Refunded { refunded, .. } => {
            let in_full = refunded.minor() >= row.total.minor();
            tx.run(NOTE_REFUNDED, &[&charge, &refunded.minor()]).await?;
            if in_full {
                // The provider has given the money back: the tab and our refunds have no part in it.
                take_back(
                    tx,
                    &orders,
                    OrderEvent::Refunded(ReturnedUnits::StaySold),
                    at,
                )
                .await?;
            }
        }
        PaymentEventKind::Disputed { .. } => {
            if tx.run(NOTE_DISPUTE, &[&charge, &"open"]).await? > 0 {
                set_tokens(tx, &orders, "active", "suspended").await?;
            }
        }
        PaymentEventKind::DisputeClosed { won: true, .. } => {
            tx.run(NOTE_OUTCOME, &[&charge, &"won"]).await?;
            set_tokens(tx, &orders, "suspended", "active").await?;
        }
        PaymentEventKind::DisputeClosed { won: false, .. } => {
            tx.run(NOTE_OUTCOME, &[&charge, &"lost"]).await?;
            take_back(tx, &orders, OrderEvent::DisputeLost, at).await?;
        }
        PaymentEventKind::Paid { .. }
        | PaymentEventKind::Failed { .. }
        | PaymentEventKind::Expired { .. }
        | PaymentEventKind::Other => return Ok(Applied::Ignored),
    }
    Ok(Applied::Done)
}

const NOTE_REFUNDED: &str = "\
-- payments::consequences, a refund
UPDATE charges SET refunded_minor = greatest(refunded_minor, least($2, order_minor + tab_minor))
WHERE id = $1";

// The end of a dispute may be told before its beginning.
const NOTE_DISPUTE: &str = "\
-- payments::consequences, a dispute
UPDATE charges SET dispute = $2 WHERE id = $1 AND dispute IS NULL";

const NOTE_OUTCOME: &str = "\
-- payments::consequences, the end of a dispute
UPDATE charges SET dispute = $2 WHERE id = $1";

const ORDERS_OF: &str = "\
-- payments::consequences::orders_of
SELECT id FROM orders WHERE charge_id = $1";

async fn orders_of(tx: &Transaction<'_>, charge: Uuid) -> Applying<Vec<OrderId>> {
    let found = tx.rows(ORDERS_OF, &[&charge]).await?;
    found.iter().map(|row| Ok(row.read("id")?)).collect()
}

async fn take_back(
    tx: &Transaction<'_>,
    orders: &[Order],
    event: OrderEvent,
    at: Timestamp,
) -> Applying<()> {
    let moves: Vec<_> = orders
        .iter()
        .filter_map(|order| match transition(order.state, event) {
            Transition::Move(step) => Some((order, step)),
            Transition::Unchanged | Transition::Refused => None,
        })
        .collect();
    Ok(write_moves(tx, &moves, at, None).await?)
}

const SET_TOKENS: &str = "\
-- payments::consequences::set_tokens
UPDATE tokens SET state = $3 WHERE order_id = ANY ($1) AND state = $2";

async fn set_tokens(tx: &Transaction<'_>, orders: &[Order], from: &str, to: &str) -> Applying<()> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.id.uuid()).collect();
    tx.run(SET_TOKENS, &[&ids, &from, &to]).await?;
    Ok(())
}

const LISTING_OF: &str = "\
-- payments::consequences::listing_of
SELECT listing_id FROM orders WHERE id = $1";

/// Which listing an order is of; that never changes.
pub(super) async fn listing_of(
    tx: &Transaction<'_>,
    order: Option<OrderId>,
) -> Applying<Option<ListingId>> {
    let Some(order) = order else { return Ok(None) };
    let row = tx.row(LISTING_OF, &[&order.uuid()]).await?;
    Ok(row.map(|row| row.read("listing_id")).transpose()?)
}
