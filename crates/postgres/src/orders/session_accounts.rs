//! The accounts behind the sessions that orders are placed with.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::sync::Cache;
use udam_domain::account::SessionDigest;
use udam_domain::id::AccountId;
use udam_domain::order::{Authority, PlaceOrder};

use crate::columns::Columns;
use crate::transaction::{Transaction, TxResult};

/// Largest number of sessions in the cache, which is about a megabyte of them.
const CACHE_CAPACITY: usize = 16_384;

/// A cache of the account that each session belongs to.
///
/// That never changes, so an entry is never stale. Whether the session is still alive does change, and is
/// read in every transaction.
#[derive(Clone)]
pub(super) struct SessionAccountCache(Arc<Cache<SessionDigest, AccountId>>);

/// The accounts of those sessions that exist.
pub(super) type ResolvedAccounts = HashMap<SessionDigest, AccountId>;

pub(super) const FIND_ACCOUNTS: &str = "\
-- orders::session_accounts::SessionAccountCache::resolve
SELECT token_digest, account_id FROM sessions WHERE token_digest = ANY ($1)";

impl SessionAccountCache {
    pub(super) fn new() -> Self {
        Self(Arc::new(Cache::new(CACHE_CAPACITY)))
    }

    /// Resolves the sessions of these orders. Only those that are not in the cache are queried, without a
    /// lock: a request with a made-up session delays no other.
    pub(super) async fn resolve(
        &self,
        tx: &Transaction<'_>,
        orders: &[PlaceOrder],
    ) -> TxResult<ResolvedAccounts> {
        let (mut resolved, mut misses) = (ResolvedAccounts::new(), Vec::new());
        for digest in orders.iter().filter_map(session_of) {
            match self.0.get(&digest) {
                Some(account) => drop(resolved.insert(digest, account)),
                None => misses.push(digest),
            }
        }
        if !misses.is_empty() {
            let digests: Vec<&[u8]> = misses
                .iter()
                .map(|digest| digest.as_bytes().as_slice())
                .collect();
            for row in tx.rows(FIND_ACCOUNTS, &[&digests]).await? {
                let (digest, account) = (row.read("token_digest")?, row.read("account_id")?);
                self.0.insert(digest, account);
                resolved.insert(digest, account);
            }
        }
        Ok(resolved)
    }

    /// Removes a session that has ended.
    pub(super) fn remove(&self, digest: &SessionDigest) {
        self.0.remove(digest);
    }
}

/// The session that an order is placed with; `None` if it is placed by an account.
pub(super) const fn session_of(order: &PlaceOrder) -> Option<SessionDigest> {
    match order.authority {
        Authority::Session(digest) => Some(digest),
        Authority::Account(_) => None,
    }
}

/// The account that an order is placed for, whether or not its session is alive; `None` if there is no such
/// session.
pub(super) fn buyer_of(order: &PlaceOrder, resolved: &ResolvedAccounts) -> Option<AccountId> {
    match order.authority {
        Authority::Account(id) => Some(id),
        Authority::Session(digest) => resolved.get(&digest).copied(),
    }
}
