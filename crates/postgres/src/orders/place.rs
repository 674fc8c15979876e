//! Placing orders: one transaction of two round trips for however many.
//!
//! A row's lock is held until its commit has reached the disk, so that orders for one listing, each in a
//! transaction of its own, can be no faster than the disk. They are therefore placed together, as they
//! come, on a [lane](crate::lane).
//!
//! | Round trip | What | Locks, and why |
//! |---|---|---|
//! | 0 | whose sessions these are, of those that are not remembered | none |
//! | 1 | `BEGIN`; the stock of the listings | by listing id: no unit is sold twice |
//! | | the tabs of the buyers | by account id: keeps a buyer's limit, and makes a repeat of an idempotency key wait for the first, and then find it |
//! | | the listings; earlier orders of the same keys; whether the sessions are alive | none: read after the locks, and only now |
//! | | *the rules, in memory, one order after the other* | |
//! | 2 | stock, tabs, orders, tokens, uses of sessions that nobody else holds, in one statement; for repeats, the orders that they repeat | none that it waits for |
//! | | `COMMIT`, which every caller waits for | released |
//!
//! Locks of one kind are taken in one order, and kinds in one order, so that no two batches, of one server
//! or of two, wait for each other. What is sent together runs in the order of sending, because all of it
//! has been prepared: on a new connection that costs further round trips, once.
//!
//! `docs/orders.md` says why it is done so.

use std::collections::HashMap;
use std::sync::Arc;

use futures::{FutureExt, join};
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{Authority, NewOrder, Order, Outcome, PlaceOrder, PlacedOrder};
use udam_domain::policy::{OrderPolicy, SessionPolicy};
use udam_domain::{PlaceOrderError, StoreError, error_chain};

use super::buyers::{FIND_OWNERS, Owners, session};
use super::row::{READ_ORDERS, read_orders};
use super::snapshot::{self, Snapshot};
use super::write;
use crate::PgPool;
use crate::transaction::{Transaction, TxError};

pub(super) type Answer = Result<PlacedOrder, PlaceOrderError>;

/// What it takes to place orders.
#[derive(Clone)]
pub(super) struct Placing {
    pub(super) pool: PgPool,
    pub(super) policy: OrderPolicy,
    pub(super) sessions: SessionPolicy,
    pub(super) owners: Owners,
}

impl Placing {
    /// Places these orders, each with its own answer, in their order.
    pub(super) async fn place_all(&self, orders: &[PlaceOrder]) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(orders.len());
        let mut ahead = vec![orders];
        while let Some(orders) = ahead.pop() {
            match self.place_together(orders).await {
                Ok(given) => answers.extend(given),
                // Nothing happened. Whichever of them broke the transaction is in one of its halves, and
                // breaks only its own in the end.
                Err(StoreError::Failed(_)) if orders.len() > 1 => {
                    let (first, second) = orders.split_at(orders.len() / 2);
                    ahead.extend([second, first]);
                }
                Err(error) => {
                    answers.extend(orders.iter().map(|_| Err(same_for_each(&error).into())));
                }
            }
        }
        answers
    }

    async fn place_together(&self, orders: &[PlaceOrder]) -> Result<Vec<Answer>, StoreError> {
        let (placing, orders) = (self.clone(), Arc::<[PlaceOrder]>::from(orders));
        self.pool
            .pipelined_transaction(move |tx| {
                let (placing, orders) = (placing.clone(), Arc::clone(&orders));
                async move { in_transaction(tx, &placing, &orders).await }.boxed()
            })
            .await
    }
}

/// Each caller gets an error of its own out of the one that there is.
fn same_for_each(error: &StoreError) -> StoreError {
    match error {
        StoreError::Overloaded => StoreError::Overloaded,
        StoreError::Unreachable(source) => {
            StoreError::Unreachable(error_chain(source.as_ref()).into())
        }
        StoreError::Failed(source) => StoreError::Failed(error_chain(source.as_ref()).into()),
    }
}

async fn in_transaction(
    tx: &Transaction<'_>,
    placing: &Placing,
    orders: &[PlaceOrder],
) -> Result<Vec<Answer>, TxError<StoreError>> {
    tx.prepare_all(&snapshot::STATEMENTS).await?;
    tx.prepare_all(&[FIND_OWNERS, write::WRITE_ORDERS, READ_ORDERS.as_str()])
        .await?;
    let owned = placing.owners.of(tx, orders).await?;
    let (begun, snapshot) = join!(tx.begin(), snapshot::load(tx, orders, &owned));
    begun?;
    let mut snapshot = snapshot?;
    for ended in owned
        .keys()
        .filter(|one| !snapshot.sessions.contains_key(one))
    {
        placing.owners.forget(ended);
    }
    let outcomes: Vec<Option<Outcome>> = orders
        .iter()
        .map(|order| {
            let buyer = buyer_of(order, &snapshot, &placing.sessions)?;
            Some(snapshot.batch.place(order, buyer, &placing.policy))
        })
        .collect();
    let (mut placed, mut repeated) = (Vec::new(), Vec::new());
    for outcome in outcomes.iter().flatten() {
        match outcome {
            Outcome::Place(order) => placed.push(order),
            Outcome::Replay(order_id) => repeated.push(*order_id),
            _ => {}
        }
    }
    let used = uses_to_note(orders, &snapshot, &placing.sessions);
    let (written, repeated, committed) = join!(
        write::place(tx, &placed, &used),
        read_orders(tx, &repeated),
        tx.commit(),
    );
    // The first that failed is the cause. The commit after it has rolled back.
    written?;
    let repeated = match repeated {
        Err(failed @ TxError::Database(_)) => return Err(failed),
        // The server has found nothing wrong, and has committed: only the repeats go unanswered.
        Err(TxError::Answer(unreadable)) => {
            let cause = error_chain(&unreadable);
            tracing::error!(cause, "an order that was repeated cannot be read");
            HashMap::new()
        }
        Ok(repeated) => repeated,
    };
    committed?;
    let answer = |outcome| answer(outcome, &snapshot, &repeated);
    Ok(outcomes.into_iter().map(answer).collect())
}

/// Who places the order, if their session is alive.
fn buyer_of(
    order: &PlaceOrder,
    snapshot: &Snapshot,
    sessions: &SessionPolicy,
) -> Option<AccountId> {
    match order.authority {
        Authority::Account(id) => Some(id),
        Authority::Session(digest) => snapshot
            .sessions
            .get(&digest)?
            .owner(sessions, order.placed_at),
    }
}

/// A session that is no longer alive is not used by trying to.
fn uses_to_note(
    orders: &[PlaceOrder],
    snapshot: &Snapshot,
    sessions: &SessionPolicy,
) -> Vec<write::SessionUse> {
    let used = orders
        .iter()
        .filter_map(|order| Some((session(order)?, order.placed_at)));
    used.filter(|(digest, at)| {
        snapshot
            .sessions
            .get(digest)
            .is_some_and(|row| row.owner(sessions, *at).is_some() && row.is_stale(*at))
    })
    .map(|(digest, at)| write::SessionUse { digest, at })
    .collect()
}

fn answer(
    outcome: Option<Outcome>,
    snapshot: &Snapshot,
    repeated: &HashMap<OrderId, Order>,
) -> Answer {
    match outcome {
        None | Some(Outcome::BuyerNotFound) => Err(PlaceOrderError::Unauthenticated),
        Some(Outcome::ListingNotFound) => Err(PlaceOrderError::ListingNotFound),
        Some(Outcome::KeyReused) => Err(PlaceOrderError::IdempotencyKeyReused),
        Some(Outcome::Reject(rejection)) => Err(rejection.into()),
        Some(Outcome::Replay(order_id)) => {
            let order = repeated.get(&order_id).cloned().ok_or_else(lost)?;
            Ok(PlacedOrder {
                order,
                replayed: true,
            })
        }
        Some(Outcome::Place(new)) => placed(new, snapshot),
    }
}

fn placed(new: NewOrder, snapshot: &Snapshot) -> Answer {
    let name = snapshot.service_names.get(&new.listing_id);
    Ok(PlacedOrder {
        order: new.into_order(name.cloned().ok_or_else(lost)?),
        replayed: false,
    })
}

fn lost() -> StoreError {
    StoreError::Failed("an order that was just locked is not there".into())
}
