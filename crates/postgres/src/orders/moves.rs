//! Moving orders that exist: what the state machine says, under the locks of everything it touches.

use std::collections::{BTreeMap, BTreeSet};

use futures::FutureExt;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::order::{
    CancelOrder, MoneyEffect, Move, Order, OrderEvent, OrderState, RefundOrder, StockEffect,
    TokenEffect, Transition, transition,
};
use udam_domain::payment::PaymentRoute;
use udam_domain::time::Timestamp;
use udam_domain::{ChangeOrderError, StoreError};
use uuid::Uuid;

use super::locks::{lock_stock, lock_tabs};
use super::row::{self, read_orders};
use super::write::{self, StockDelta};
use crate::PgPool;
use crate::audit;
use crate::columns::Columns;
use crate::transaction::{Parameters, Transaction, TxError};

type Change<T> = Result<T, TxError<ChangeOrderError>>;

pub(super) async fn cancel(pool: &PgPool, cancel: CancelOrder) -> Result<Order, ChangeOrderError> {
    pool.transaction(move |tx| {
        async move {
            let order = lock_one(tx, cancel.order_id).await?;
            let order = order.filter(|order| order.buyer_id == cancel.buyer.account_id);
            let order = order.ok_or(TxError::Answer(ChangeOrderError::NotFound))?;
            apply_asked(tx, order, OrderEvent::CanceledByBuyer, cancel.buyer.at).await
        }
        .boxed()
    })
    .await
}

pub(super) async fn refund(pool: &PgPool, refund: RefundOrder) -> Result<Order, ChangeOrderError> {
    pool.transaction(move |tx| {
        async move {
            let order = lock_one(tx, refund.order_id).await?;
            let order = order.filter(|order| order.seller_id == refund.seller.account_id);
            let order = order.ok_or(TxError::Answer(ChangeOrderError::NotFound))?;
            let before = order.state;
            if before == OrderState::Fulfilled && order.route == PaymentRoute::Checkout {
                return Err(TxError::Answer(ChangeOrderError::PaymentsUnavailable));
            }
            let event = OrderEvent::Refunded(refund.units);
            let order = apply_asked(tx, order, event, refund.seller.at).await?;
            if order.state != before {
                let subject = order.id.uuid();
                audit::record(tx, AuditAction::OrderRefunded, &refund.seller, subject).await?;
            }
            Ok(order)
        }
        .boxed()
    })
    .await
}

/// Takes an order somewhere that a person asked for, and answers with it as it then is.
async fn apply_asked(
    tx: &Transaction<'_>,
    order: Order,
    event: OrderEvent,
    at: Timestamp,
) -> Change<Order> {
    match transition(order.state, event) {
        Transition::Unchanged => Ok(order),
        Transition::Refused => Err(TxError::Answer(ChangeOrderError::InvalidState(order.state))),
        Transition::Move(step) => {
            write_moves(tx, &[(&order, step)], at).await?;
            Ok(Order {
                state: step.to,
                lapses_at: None,
                ..order
            })
        }
    }
}

pub(super) async fn release_lapsed(
    pool: &PgPool,
    now: Timestamp,
    limit: u16,
) -> Result<Vec<OrderId>, StoreError> {
    pool.transaction(move |tx| {
        async move {
            let candidates = lapsed(tx, now, limit).await?;
            let orders = lock_all(tx, &candidates).await?;
            let moves: Vec<(&Order, Move)> = orders
                .iter()
                // Another server may have moved it between the look and the lock.
                .filter(|order| order.lapses_at.is_some_and(|lapse| lapse <= now))
                .filter_map(|order| match transition(order.state, OrderEvent::Lapsed) {
                    Transition::Move(step) => Some((order, step)),
                    Transition::Unchanged | Transition::Refused => None,
                })
                .collect();
            write_moves(tx, &moves, now).await?;
            Ok(moves.iter().map(|(order, _)| order.id).collect())
        }
        .boxed()
    })
    .await
}

const LAPSED: &str = "\
-- orders::moves::lapsed
SELECT id FROM orders
WHERE state = 'awaiting_payment' AND lapses_at <= $1 ORDER BY lapses_at LIMIT $2";

async fn lapsed(
    tx: &Transaction<'_>,
    now: Timestamp,
    limit: u16,
) -> Result<Vec<OrderId>, TxError<StoreError>> {
    let found = tx.rows(LAPSED, &[&now, &i64::from(limit)]).await?;
    found.iter().map(|row| Ok(row.read("id")?)).collect()
}

async fn lock_one(tx: &Transaction<'_>, id: OrderId) -> Change<Option<Order>> {
    Ok(lock_all(tx, &[id]).await?.pop())
}

/// Locks what these orders touch, and then them; answers with them as they are under lock.
///
/// Which listing and buyer an order belongs to never changes, so that it can be read before the locks.
async fn lock_all<E: From<StoreError>>(
    tx: &Transaction<'_>,
    ids: &[OrderId],
) -> Result<Vec<Order>, TxError<E>> {
    let found = read_orders(tx, ids).await?;
    let listings: BTreeSet<ListingId> = found.values().map(|order| order.listing_id).collect();
    let buyers: BTreeSet<AccountId> = found.values().map(|order| order.buyer_id).collect();
    lock_stock(tx, &listings.into_iter().collect::<Vec<_>>()).await?;
    lock_tabs(tx, &[], &buyers.into_iter().collect::<Vec<_>>()).await?;
    let statement = format!(
        "-- orders::moves::lock_all\n{}WHERE o.id = ANY ($1) ORDER BY o.id FOR NO KEY UPDATE OF o",
        row::SELECT
    );
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let locked = tx.rows(&statement, &[&ids]).await?;
    locked
        .iter()
        .map(|locked| Ok(row::order(locked)?))
        .collect()
}

/// Writes the moves of locked orders.
async fn write_moves(
    tx: &Transaction<'_>,
    moves: &[(&Order, Move)],
    at: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    if moves.is_empty() {
        return Ok(());
    }
    let mut stock: BTreeMap<ListingId, StockDelta> = BTreeMap::new();
    let mut tabs: BTreeMap<AccountId, i64> = BTreeMap::new();
    for (order, step) in moves {
        stock
            .entry(order.listing_id)
            .or_default()
            .merge(stock_delta(order, *step));
        if step.money == MoneyEffect::GiveBack && order.route == PaymentRoute::Tab {
            *tabs.entry(order.buyer_id).or_default() -= order.total.minor();
        }
    }
    write::move_stock(tx, &stock).await?;
    write::move_tabs(tx, &tabs).await?;
    move_orders(tx, moves, at).await?;
    revoke_tokens(tx, moves).await
}

fn stock_delta(order: &Order, step: Move) -> StockDelta {
    let units = i64::from(order.units.get());
    let none = StockDelta::default();
    let stock = match step.stock {
        StockEffect::None => none,
        StockEffect::HeldToSold => StockDelta {
            held: -units,
            sold: units,
            ..none
        },
        StockEffect::HeldToAvailable => StockDelta {
            held: -units,
            available: units,
            ..none
        },
        StockEffect::AvailableToSold => StockDelta {
            available: -units,
            sold: units,
            ..none
        },
        StockEffect::SoldToAvailable => StockDelta {
            sold: -units,
            available: units,
            ..none
        },
    };
    // Only fulfilled orders count as revenue.
    let counted = |state| i64::from(state == OrderState::Fulfilled);
    let revenue_minor = (counted(step.to) - counted(order.state)) * order.total.minor();
    StockDelta {
        revenue_minor,
        ..stock
    }
}

async fn move_orders(
    tx: &Transaction<'_>,
    moves: &[(&Order, Move)],
    at: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    let ids: Vec<Uuid> = moves.iter().map(|(order, _)| order.id.uuid()).collect();
    let states: Vec<&str> = moves.iter().map(|(_, step)| step.to.as_str()).collect();
    let returned: Vec<bool> = moves
        .iter()
        .map(|(_, step)| step.stock == StockEffect::SoldToAvailable)
        .collect();
    let columns: Parameters<'_> = &[&ids, &states, &returned, &at];
    tx.run(include_str!("sql/move_orders.sql"), columns)
        .await
        .map(drop)
}

const REVOKE_TOKENS: &str = "\
-- orders::moves::revoke_tokens
UPDATE tokens SET state = 'revoked' WHERE order_id = ANY ($1)";

async fn revoke_tokens(
    tx: &Transaction<'_>,
    moves: &[(&Order, Move)],
) -> Result<(), tokio_postgres::Error> {
    let revoked = moves
        .iter()
        .filter(|(_, step)| step.token == TokenEffect::Revoke);
    let orders: Vec<Uuid> = revoked.map(|(order, _)| order.id.uuid()).collect();
    if orders.is_empty() {
        return Ok(());
    }
    tx.run(REVOKE_TOKENS, &[&orders]).await.map(drop)
}
