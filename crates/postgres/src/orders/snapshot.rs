//! The rows that placing orders depends on, read under lock in one pipelined round trip.

use std::collections::{BTreeSet, HashMap};

use futures::join;
use udam_domain::account::SessionDigest;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::ServiceName;
use udam_domain::order::{
    Authority, IdempotencyKey, ListingSnapshot, OrderBatch, PlaceOrder, PriorOrder,
};
use udam_domain::policy::{OrderPolicy, SessionPolicy};
use udam_domain::time::Timestamp;
use udam_domain::units::Stock;
use uuid::Uuid;

use super::locks::{LOCK_STOCK, LOCK_TABS, lock_stock, lock_tabs};
use super::networks::{LOCK_NETWORKS, lock_networks};
use super::session_accounts::{ResolvedAccounts, buyer_of};
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Parameters, Transaction, TxResult};

/// Snapshots that a batch of orders is decided on.
pub(super) struct Snapshot {
    /// The rules, over the listings, tabs and earlier orders read.
    pub(super) batch: OrderBatch,
    /// The buyers, whose tabs are locked.
    pub(super) buyers: Vec<AccountId>,
    /// Service name of each listing, for the results.
    pub(super) service_names: HashMap<ListingId, ServiceName>,
    /// The sessions that exist, alive or not.
    pub(super) sessions: HashMap<SessionDigest, SessionRow>,
}

/// Fields of a session that decide whether it is live.
pub(super) struct SessionRow {
    account_id: AccountId,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
}

impl SessionRow {
    /// The account of the session, if it is alive at `now`.
    pub(super) fn live_account(&self, policy: &SessionPolicy, now: Timestamp) -> Option<AccountId> {
        policy
            .admits(self.last_seen_at, self.expires_at, now)
            .then_some(self.account_id)
    }

    /// Whether a use at `now` is to be recorded.
    pub(super) fn records_use(&self, now: Timestamp) -> bool {
        SessionPolicy::is_worth_noting(self.last_seen_at, now)
    }
}

/// The statements of [`load`], to be prepared before it.
pub(super) const STATEMENTS: [&str; 7] = [
    LOCK_STOCK,
    LOCK_TABS,
    LOCK_NETWORKS,
    READ_LISTINGS,
    READ_SUSPENDED,
    PRIOR_ORDERS,
    READ_SESSIONS,
];

/// Locks and reads what these orders depend on.
///
/// The statements are sent together and run in this order: locks first; what a lock protects is read by a
/// later statement, whose snapshot is taken after the wait for the lock. They must be prepared: one that
/// is not would be overtaken by the next.
pub(super) async fn load(
    tx: &Transaction<'_>,
    orders: &[PlaceOrder],
    resolved: &ResolvedAccounts,
    policy: &OrderPolicy,
) -> TxResult<Snapshot> {
    // An order with a made-up session locks nothing.
    let asked: Vec<(&PlaceOrder, AccountId)> = orders
        .iter()
        .filter_map(|order| Some((order, buyer_of(order, resolved)?)))
        .collect();
    let digests: Vec<SessionDigest> = resolved.keys().copied().collect();
    let listings = distinct(asked.iter().map(|(order, _)| order.listing_id));
    let buyers = distinct(asked.iter().map(|(_, buyer)| *buyer));
    let elsewhere = asked.iter();
    let elsewhere = elsewhere.filter(|(order, _)| matches!(order.authority, Authority::Account(_)));
    let authenticated_elsewhere = distinct(elsewhere.map(|(_, buyer)| *buyer));
    let counted: &[(&PlaceOrder, AccountId)] = if policy.counts_networks() {
        &asked
    } else {
        &[]
    };
    let (available, locked, networks, offers, suspended_buyers, prior, sessions) = join!(
        lock_stock(tx, &listings),
        lock_tabs(tx, &buyers),
        lock_networks(tx, counted, policy.currency()),
        read_listings(tx, &listings),
        read_suspended(tx, &authenticated_elsewhere),
        prior_orders(tx, &asked),
        read_sessions(tx, &digests),
    );
    // The first failure is the cause; the statements after it fail because the transaction has.
    let (available, locked, networks) = (available?, locked?, networks?);
    let (offers, prior, sessions) = (offers?, prior?, sessions?);
    let suspended_buyers = suspended_buyers?;
    let mut service_names = HashMap::new();
    let mut snapshots = Vec::new();
    let mut suspended_listings = Vec::new();
    for (mut listing, service_name, is_suspended) in offers {
        let Some(available) = available.get(&listing.id) else {
            continue;
        };
        listing.available = *available;
        if is_suspended {
            suspended_listings.push(listing.id);
        }
        service_names.insert(listing.id, service_name);
        snapshots.push(listing);
    }
    Ok(Snapshot {
        buyers: locked.iter().map(|buyer| buyer.tab.buyer_id).collect(),
        batch: OrderBatch::new(snapshots, locked, prior)
            .with_networks(networks)
            .with_suspended(suspended_listings, suspended_buyers),
        service_names,
        sessions,
    })
}

fn distinct<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

const READ_SESSIONS: &str = "\
-- orders::snapshot::read_sessions
SELECT token_digest, account_id, last_seen_at, expires_at FROM sessions
WHERE token_digest = ANY ($1)";

async fn read_sessions(
    tx: &Transaction<'_>,
    digests: &[SessionDigest],
) -> TxResult<HashMap<SessionDigest, SessionRow>> {
    let digests: Vec<&[u8]> = digests
        .iter()
        .map(|digest| digest.as_bytes().as_slice())
        .collect();
    let found = tx.rows(READ_SESSIONS, &[&digests]).await?;
    found
        .iter()
        .map(|row| {
            let session = SessionRow {
                account_id: row.read("account_id")?,
                last_seen_at: row.read("last_seen_at")?,
                expires_at: row.read("expires_at")?,
            };
            Ok((row.read("token_digest")?, session))
        })
        .collect()
}

const READ_LISTINGS: &str = "\
-- orders::snapshot::read_listings
SELECT
    l.id, l.seller_id, l.state, l.price_minor, l.currency, l.service_name, l.pay_first,
    l.max_units_per_order, l.terms_version,
    l.suspended_at IS NOT NULL
    OR (SELECT a.suspended_at IS NOT NULL FROM accounts a WHERE a.id = l.seller_id) AS is_suspended
FROM listings l WHERE l.id = ANY ($1)";

async fn read_listings(
    tx: &Transaction<'_>,
    listings: &[ListingId],
) -> TxResult<Vec<(ListingSnapshot, ServiceName, bool)>> {
    let ids: Vec<Uuid> = listings.iter().map(|id| id.uuid()).collect();
    let found = tx.rows(READ_LISTINGS, &[&ids]).await?;
    found
        .iter()
        .map(|row| {
            let snapshot = ListingSnapshot {
                id: row.read("id")?,
                seller_id: row.read("seller_id")?,
                state: row.read("state")?,
                price: row.read_price("price_minor")?,
                // Filled in from the locked stock.
                available: Stock::default(),
                pay_first: row.read("pay_first")?,
                max_units_per_order: row.read("max_units_per_order")?,
                terms: row.read("terms_version")?,
            };
            Ok((
                snapshot,
                row.read("service_name")?,
                row.read("is_suspended")?,
            ))
        })
        .collect()
}

const READ_SUSPENDED: &str = "\
-- orders::snapshot::read_suspended
SELECT id FROM accounts WHERE id = ANY ($1) AND suspended_at IS NOT NULL";

/// Those of these accounts that an operator has suspended. Orders with a session need not be asked for: suspending an account
/// ends its sessions. Services that authenticate accounts in ways of their own place the others.
async fn read_suspended(tx: &Transaction<'_>, accounts: &[AccountId]) -> TxResult<Vec<AccountId>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = accounts.iter().map(|id| id.uuid()).collect();
    let found = tx.rows(READ_SUSPENDED, &[&ids]).await?;
    let suspended = found.iter().map(|row| row.read("id"));
    Ok(suspended.collect::<Result<_, Unreadable>>()?)
}

const PRIOR_ORDERS: &str = "\
-- orders::snapshot::prior_orders
SELECT o.id, o.buyer_id, o.idempotency_key, o.listing_id, o.units
FROM unnest($1::uuid[], $2::text[]) AS asked (buyer_id, idempotency_key)
JOIN orders o ON o.buyer_id = asked.buyer_id AND o.idempotency_key = asked.idempotency_key";

type KeyedOrder = ((AccountId, IdempotencyKey), PriorOrder);

/// The orders that the idempotency keys of these orders have placed before.
async fn prior_orders(
    tx: &Transaction<'_>,
    asked: &[(&PlaceOrder, AccountId)],
) -> TxResult<Vec<KeyedOrder>> {
    let keyed = asked.iter().filter_map(|(order, buyer)| {
        Some((buyer.uuid(), order.idempotency_key.as_ref()?.as_str()))
    });
    let (buyers, keys): (Vec<Uuid>, Vec<&str>) = keyed.unzip();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let asked: Parameters<'_> = &[&buyers, &keys];
    let found = tx.rows(PRIOR_ORDERS, asked).await?;
    found
        .iter()
        .map(|row| {
            let prior = PriorOrder {
                order_id: row.read("id")?,
                listing_id: row.read("listing_id")?,
                units: row.read("units")?,
            };
            Ok(((row.read("buyer_id")?, row.read("idempotency_key")?), prior))
        })
        .collect()
}
