//! Placing orders: one transaction for however many.
//!
//! | Round trip | What | Locks |
//! |---|---|---|
//! | 1 | `BEGIN` | |
//! | 2 | sessions; stock; tabs; listings; orders of the same idempotency keys | stock by listing id, then tabs by account id |
//! | 3 | the rules, in memory; then stock, tabs, orders, tokens, uses of sessions | |
//! | 4 | only for repeats: the orders they repeat, as they are now | |
//! | 5 | `COMMIT`, which the callers wait for | released |
//!
//! The stock's lock keeps a unit from being sold twice; the tab's lock keeps a buyer's limit and makes
//! a repeat of an idempotency key wait for the first and then find it. Nothing is read before the lock
//! that protects it.

use std::collections::HashMap;
use std::sync::Arc;

use futures::FutureExt;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{Authority, NewOrder, Order, Outcome, PlaceOrder, PlacedOrder};
use udam_domain::{PlaceOrderError, StoreError, told_whole};

use super::row::read_orders;
use super::snapshot::{self, Snapshot};
use super::store::PgOrderStore;
use super::write;
use crate::transaction::{Transaction, TxError};

type Answer = Result<PlacedOrder, PlaceOrderError>;

pub(super) async fn place_one(store: &PgOrderStore, order: PlaceOrder) -> Answer {
    let answers = place_batch(store, Arc::from([order])).await?;
    answers
        .into_iter()
        .next()
        .unwrap_or(Err(PlaceOrderError::Unavailable(StoreError::Overloaded)))
}

pub(super) async fn place_all(store: &PgOrderStore, orders: &[PlaceOrder]) -> Vec<Answer> {
    match place_batch(store, orders.into()).await {
        Ok(answers) => answers,
        // Nothing happened: whichever of them broke the transaction now breaks only its own.
        Err(StoreError::Failed(_)) if orders.len() > 1 => {
            let mut answers = Vec::with_capacity(orders.len());
            for order in orders {
                answers.push(place_one(store, order.clone()).await);
            }
            answers
        }
        Err(error) => orders
            .iter()
            .map(|_| Err(same_for_each(&error).into()))
            .collect(),
    }
}

/// Each caller gets an error of its own out of the one that there is.
fn same_for_each(error: &StoreError) -> StoreError {
    match error {
        StoreError::Overloaded => StoreError::Overloaded,
        StoreError::Unreachable(source) => {
            StoreError::Unreachable(told_whole(source.as_ref()).into())
        }
        StoreError::Failed(source) => StoreError::Failed(told_whole(source.as_ref()).into()),
    }
}

async fn place_batch(
    store: &PgOrderStore,
    orders: Arc<[PlaceOrder]>,
) -> Result<Vec<Answer>, StoreError> {
    let placing = store.clone();
    store
        .pool
        .transaction(move |tx| {
            let (store, orders) = (placing.clone(), Arc::clone(&orders));
            async move { in_transaction(tx, &store, &orders).await }.boxed()
        })
        .await
}

async fn in_transaction(
    tx: &Transaction<'_>,
    store: &PgOrderStore,
    orders: &[PlaceOrder],
) -> Result<Vec<Answer>, TxError<StoreError>> {
    let mut snapshot = snapshot::load(tx, orders).await?;
    let outcomes: Vec<Option<Outcome>> = orders
        .iter()
        .map(|order| {
            let buyer = buyer_of(order, &snapshot, store)?;
            Some(snapshot.batch.place(order, buyer, &store.policy))
        })
        .collect();
    let placed: Vec<&NewOrder> = outcomes
        .iter()
        .map(Option::as_ref)
        .filter_map(newly_placed)
        .collect();
    write::place(tx, &placed, &stale_sessions(orders, &snapshot)).await?;
    let replays: Vec<OrderId> = outcomes
        .iter()
        .map(Option::as_ref)
        .filter_map(replayed)
        .collect();
    let replays = read_orders(tx, &replays).await?;
    let answer = |outcome| answer(outcome, &snapshot, &replays);
    Ok(outcomes.into_iter().map(answer).collect())
}

/// Who places the order, if their session is alive.
fn buyer_of(order: &PlaceOrder, snapshot: &Snapshot, store: &PgOrderStore) -> Option<AccountId> {
    match order.authority {
        Authority::Account(id) => Some(id),
        Authority::Session(digest) => snapshot
            .sessions
            .get(&digest)?
            .owner(&store.sessions, order.placed_at),
    }
}

fn stale_sessions(orders: &[PlaceOrder], snapshot: &Snapshot) -> Vec<write::SessionUse> {
    let used = orders.iter().filter_map(|order| match order.authority {
        Authority::Session(digest) => Some((digest, order.placed_at)),
        Authority::Account(_) => None,
    });
    used.filter(|(digest, at)| {
        snapshot
            .sessions
            .get(digest)
            .is_some_and(|row| row.is_stale(*at))
    })
    .map(|(digest, at)| write::SessionUse { digest, at })
    .collect()
}

fn newly_placed(outcome: Option<&Outcome>) -> Option<&NewOrder> {
    match outcome {
        Some(Outcome::Place(order)) => Some(order),
        _ => None,
    }
}

fn replayed(outcome: Option<&Outcome>) -> Option<OrderId> {
    match outcome {
        Some(Outcome::Replay(order_id)) => Some(*order_id),
        _ => None,
    }
}

fn answer(
    outcome: Option<Outcome>,
    snapshot: &Snapshot,
    replays: &HashMap<OrderId, Order>,
) -> Answer {
    let lost = || StoreError::Failed("an order that was just locked is not there".into());
    match outcome {
        None | Some(Outcome::BuyerNotFound) => Err(PlaceOrderError::Unauthenticated),
        Some(Outcome::ListingNotFound) => Err(PlaceOrderError::ListingNotFound),
        Some(Outcome::KeyReused) => Err(PlaceOrderError::IdempotencyKeyReused),
        Some(Outcome::Reject(rejection)) => Err(rejection.into()),
        Some(Outcome::Replay(order_id)) => {
            let order = replays.get(&order_id).cloned().ok_or_else(lost)?;
            Ok(PlacedOrder {
                order,
                replayed: true,
            })
        }
        Some(Outcome::Place(new)) => {
            let name = snapshot
                .service_names
                .get(&new.listing_id)
                .cloned()
                .ok_or_else(lost)?;
            Ok(PlacedOrder {
                order: new.into_order(name),
                replayed: false,
            })
        }
    }
}
