//! Placing orders: one transaction of two round trips, whatever the number of orders.
//!
//! A row lock is held until its commit is on disk. Orders for one listing, each in a transaction of its own,
//! could therefore be no faster than the disk. They are placed together instead, by a
//! [batcher](crate::batcher).
//!
//! | Round trip | Statements | Locks, and why |
//! |---|---|---|
//! | 0 | the accounts of sessions that are not in the cache | none |
//! | 1 | `BEGIN`; the stock of the listings | by listing id: no unit is sold twice |
//! | | the tabs of the buyers | by account id: keeps a buyer within the limit, and makes a repeated idempotency key wait for the first order with it, and find it |
//! | | the networks of buyers who have never paid, unless networks are not counted | by network: keeps them within their common limit |
//! | | the listings; earlier orders with the same keys; the sessions | none: read after the locks, never from a cache |
//! | | *the rules, in memory, one order after the other* | |
//! | 1½ | what the buyers hold, if an order is to be held | none: the locks of the tabs and networks protect it |
//! | 2 | stock, tabs, orders, tokens, and the last use of sessions that are not locked, in one statement; what new buyers put on tabs, by network; mails to the sellers of listings that have sold out; the orders that repeated keys stand for | none that it waits for |
//! | | `COMMIT`, which every caller waits for | released |
//!
//! Locks of one kind are taken in one order, and kinds in one order, so that no two batches, of one server
//! or of two, wait for each other. Statements sent together run in the order of sending because all of them
//! are prepared; preparing them on a new connection takes further round trips, once.
//!
//! `docs/orders.md` gives the reasons.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures::{FutureExt, join};
use udam_domain::account::Network;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{Authority, NewOrder, Order, Outcome, PlaceOrder, PlacedOrder};
use udam_domain::policy::{OrderPolicy, SessionPolicy};
use udam_domain::time::Timestamp;
use udam_domain::{PlaceOrderError, StoreError, error_chain};

use super::holds;
use super::networks::{COUNT_TABS, count_tabs};
use super::row::{READ_ORDERS, read_orders};
use super::session_accounts::{FIND_ACCOUNTS, SessionAccountCache, session_of};
use super::snapshot::{self, Snapshot};
use super::write;
use crate::halves::in_halves;
use crate::mails::{TELL_SOLD_OUT, tell_sold_out};
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxError, TxResult};

/// The result of one order of a batch.
pub(super) type PlaceResult = Result<PlacedOrder, PlaceOrderError>;

/// Places orders in batches.
#[derive(Clone)]
pub(super) struct OrderPlacer {
    pub(super) pool: PgPool,
    pub(super) policy: OrderPolicy,
    pub(super) sessions: SessionPolicy,
    pub(super) accounts: SessionAccountCache,
}

impl OrderPlacer {
    /// Places these orders, and returns one result per order, in their order.
    pub(super) async fn place_all(&self, orders: &[PlaceOrder]) -> Vec<PlaceResult> {
        let together = |orders| {
            let placer = self.clone();
            async move { placer.place_in_one_transaction(orders).await }.boxed()
        };
        in_halves(orders, together, |error| Err(error.into())).await
    }

    async fn place_in_one_transaction(
        &self,
        orders: Arc<[PlaceOrder]>,
    ) -> Result<Vec<PlaceResult>, StoreError> {
        let placer = self.clone();
        self.pool
            .pipelined_transaction(move |tx| {
                let (placer, orders) = (placer.clone(), Arc::clone(&orders));
                async move { place_batch(tx, &placer, &orders).await }.boxed()
            })
            .await
    }
}

async fn place_batch(
    tx: &Transaction<'_>,
    placer: &OrderPlacer,
    orders: &[PlaceOrder],
) -> TxResult<Vec<PlaceResult>> {
    tx.prepare_all(&snapshot::STATEMENTS).await?;
    tx.prepare_all(&[FIND_ACCOUNTS, write::WRITE_ORDERS, COUNT_TABS])
        .await?;
    tx.prepare_all(&[TELL_SOLD_OUT, READ_ORDERS]).await?;
    let accounts = placer.accounts.resolve(tx, orders).await?;
    let (begun, snapshot) = join!(
        tx.begin(),
        snapshot::load(tx, orders, &accounts, &placer.policy)
    );
    begun?;
    let mut snapshot = snapshot?;
    for ended in accounts
        .keys()
        .filter(|digest| !snapshot.sessions.contains_key(digest))
    {
        placer.accounts.remove(ended);
    }
    let mut outcomes: Vec<Option<Outcome>> = Vec::with_capacity(orders.len());
    for order in orders {
        let Some(buyer) = signed_in_buyer(order, &snapshot, &placer.sessions) else {
            outcomes.push(None);
            continue;
        };
        let mut outcome = snapshot.batch.place(order, buyer, &placer.policy);
        if outcome == Outcome::HoldsUnknown {
            load_holds(tx, placer, &mut snapshot, orders, order.placed_at).await?;
            outcome = snapshot.batch.place(order, buyer, &placer.policy);
        }
        outcomes.push(Some(outcome));
    }
    let (mut new, mut repeated) = (Vec::new(), Vec::new());
    for outcome in outcomes.iter().flatten() {
        match outcome {
            Outcome::Place(order) => new.push(order),
            Outcome::Replay(order_id) => repeated.push(*order_id),
            _ => {}
        }
    }
    let used = uses_to_record(orders, &snapshot, &placer.sessions);
    let sold_out = snapshot.batch.sold_out();
    let now = new.last().map_or(Timestamp::MIN, |order| order.placed_at);
    let (written, counted, told, repeated, committed) = join!(
        write::write_orders(tx, &new, &used),
        count_tabs(tx, &new),
        tell_sold_out(tx, sold_out, now),
        read_orders(tx, &repeated),
        tx.commit(),
    );
    // The first failure is the cause; the commit after it has rolled back.
    written?;
    counted?;
    told?;
    let repeated = match repeated {
        Err(failed @ TxError::Database(_)) => return Err(failed),
        // No statement failed, so the transaction is committed: only the repeated orders have no result.
        Err(TxError::Abort(unreadable)) => {
            let cause = error_chain(&unreadable);
            tracing::error!(cause, "a repeated order could not be read");
            HashMap::new()
        }
        Ok(repeated) => repeated,
    };
    committed?;
    let results = outcomes.into_iter();
    Ok(results
        .map(|outcome| result_of(outcome, &snapshot, &repeated))
        .collect())
}

/// Reads the unpaid orders of the buyers of a batch. Orders on tabs do not ask for it, which saves them the round trip.
async fn load_holds(
    tx: &Transaction<'_>,
    placer: &OrderPlacer,
    snapshot: &mut Snapshot,
    orders: &[PlaceOrder],
    now: Timestamp,
) -> TxResult<()> {
    let counted = orders.iter().filter(|_| placer.policy.counts_networks());
    let networks: BTreeSet<Network> = counted.filter_map(|order| order.network).collect();
    let networks: Vec<Network> = networks.into_iter().collect();
    holds::load(tx, &mut snapshot.batch, &snapshot.buyers, &networks, now).await
}

/// The account that the order is placed for, if its session is alive.
fn signed_in_buyer(
    order: &PlaceOrder,
    snapshot: &Snapshot,
    sessions: &SessionPolicy,
) -> Option<AccountId> {
    match order.authority {
        Authority::Account(id) => Some(id),
        Authority::Session(digest) => snapshot
            .sessions
            .get(&digest)?
            .live_account(sessions, order.placed_at),
    }
}

/// The uses of sessions to be recorded. An order with a session that is no longer alive is no use of it.
fn uses_to_record(
    orders: &[PlaceOrder],
    snapshot: &Snapshot,
    sessions: &SessionPolicy,
) -> Vec<write::SessionUse> {
    let used = orders
        .iter()
        .filter_map(|order| Some((session_of(order)?, order.placed_at)));
    used.filter(|(digest, at)| {
        snapshot
            .sessions
            .get(digest)
            .is_some_and(|row| row.live_account(sessions, *at).is_some() && row.records_use(*at))
    })
    .map(|(digest, at)| write::SessionUse { digest, at })
    .collect()
}

fn result_of(
    outcome: Option<Outcome>,
    snapshot: &Snapshot,
    repeated: &HashMap<OrderId, Order>,
) -> PlaceResult {
    match outcome {
        None | Some(Outcome::BuyerNotFound) => Err(PlaceOrderError::Unauthenticated),
        Some(Outcome::ListingNotFound) => Err(PlaceOrderError::ListingNotFound),
        Some(Outcome::KeyReused) => Err(PlaceOrderError::IdempotencyKeyReused),
        Some(Outcome::Reject(rejection)) => Err(rejection.into()),
        Some(Outcome::HoldsUnknown) => Err(missing().into()),
        Some(Outcome::Replay(order_id)) => {
            let order = repeated.get(&order_id).cloned().ok_or_else(missing)?;
            Ok(PlacedOrder {
                order,
                replayed: true,
            })
        }
        Some(Outcome::Place(new)) => placed(new, snapshot),
    }
}

fn placed(new: NewOrder, snapshot: &Snapshot) -> PlaceResult {
    let name = snapshot.service_names.get(&new.listing_id);
    Ok(PlacedOrder {
        order: new.into_order(name.cloned().ok_or_else(missing)?),
        replayed: false,
    })
}

fn missing() -> StoreError {
    StoreError::Failed("a row read under lock is missing".into())
}
