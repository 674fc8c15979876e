//! Who places an order, by the session that they show.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::sync::Cache;
use udam_domain::StoreError;
use udam_domain::account::SessionDigest;
use udam_domain::id::AccountId;
use udam_domain::order::{Authority, PlaceOrder};

use crate::columns::Columns;
use crate::transaction::{Transaction, TxError};

/// How many sessions are remembered: a megabyte or so of them.
const REMEMBERED: usize = 16_384;

/// Whose session is whose. That never changes, so it may be remembered; whether a session is alive does,
/// and has to be asked each time.
#[derive(Clone)]
pub(super) struct Owners(Arc<Cache<SessionDigest, AccountId>>);

/// The accounts behind the sessions of some orders.
pub(super) type Owned = HashMap<SessionDigest, AccountId>;

pub(super) const FIND_OWNERS: &str = "\
-- orders::buyers::find_owners
SELECT token_digest, account_id FROM sessions WHERE token_digest = ANY ($1)";

impl Owners {
    pub(super) fn new() -> Self {
        Self(Arc::new(Cache::new(REMEMBERED)))
    }

    /// Who owns the sessions that these orders show. It asks only for those it does not remember, and
    /// locks nothing: whoever shows a session that does not exist makes nobody wait.
    pub(super) async fn of(
        &self,
        tx: &Transaction<'_>,
        orders: &[PlaceOrder],
    ) -> Result<Owned, TxError<StoreError>> {
        let (mut owned, mut strange) = (Owned::new(), Vec::new());
        for digest in orders.iter().filter_map(session) {
            match self.0.get(&digest) {
                Some(account) => drop(owned.insert(digest, account)),
                None => strange.push(digest),
            }
        }
        if !strange.is_empty() {
            let digests: Vec<&[u8]> = strange
                .iter()
                .map(|one| one.as_bytes().as_slice())
                .collect();
            for row in tx.rows(FIND_OWNERS, &[&digests]).await? {
                let (digest, account) = (row.read("token_digest")?, row.read("account_id")?);
                self.0.insert(digest, account);
                owned.insert(digest, account);
            }
        }
        Ok(owned)
    }

    /// Forgets a session that has ended.
    pub(super) fn forget(&self, digest: &SessionDigest) {
        self.0.remove(digest);
    }
}

/// The session that an order shows, unless it comes from an account itself.
pub(super) const fn session(order: &PlaceOrder) -> Option<SessionDigest> {
    match order.authority {
        Authority::Session(digest) => Some(digest),
        Authority::Account(_) => None,
    }
}

/// Who places an order, dead sessions or not; nobody, if its session does not exist.
pub(super) fn buyer(order: &PlaceOrder, owned: &Owned) -> Option<AccountId> {
    match order.authority {
        Authority::Account(id) => Some(id),
        Authority::Session(digest) => owned.get(&digest).copied(),
    }
}
