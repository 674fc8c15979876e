//! What never changes of access keys and tokens, so that it is read once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use quick_cache::sync::Cache;
use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::gateway::{AccessKeyDigest, TermsVersion, VersionedTerms};
use udam_domain::id::{AccessKeyId, AccountId, ListingId, TokenId};
use uuid::Uuid;

use super::terms;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::gateway::terms::terms_columns;
use crate::transaction::{Transaction, TxResult};

/// Largest number of keys, and of tokens, in the cache: a few megabytes of them.
const CACHE_CAPACITY: usize = 16_384;

/// Largest number of versions of terms in the cache. The longest are of 4 KiB.
const TERMS_CAPACITY: usize = 2_048;

/// The key that a digest stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownKey {
    pub(super) id: AccessKeyId,
    pub(super) token_id: TokenId,
}

/// A token with the terms that it was bought under.
#[derive(Debug)]
pub(super) struct KnownToken {
    pub(super) listing_id: ListingId,
    pub(super) buyer_id: AccountId,
    pub(super) seller_id: AccountId,
    pub(super) terms: Arc<VersionedTerms>,
}

pub(super) type KnownKeys = HashMap<AccessKeyDigest, KnownKey>;
pub(super) type KnownTokens = HashMap<TokenId, Arc<KnownToken>>;

/// A cache of keys and tokens.
///
/// What it holds never changes, so that an entry is never stale. That a key does not exist is not kept: it may be issued
/// later. Whether a key was deleted, or a token revoked, is read in every transaction.
#[derive(Debug)]
pub(super) struct Known {
    keys: Cache<AccessKeyDigest, KnownKey>,
    tokens: Cache<TokenId, Arc<KnownToken>>,
    terms: Cache<(ListingId, TermsVersion), Arc<VersionedTerms>>,
}

impl Known {
    pub(super) fn new() -> Self {
        Self {
            keys: Cache::new(CACHE_CAPACITY),
            tokens: Cache::new(CACHE_CAPACITY),
            terms: Cache::new(TERMS_CAPACITY),
        }
    }

    /// Returns the keys of these digests that exist. Only those that are not in the cache are queried, without a lock: a
    /// call with a made-up key delays no other but by that query.
    pub(super) async fn keys(
        &self,
        tx: &Transaction<'_>,
        digests: impl IntoIterator<Item = AccessKeyDigest>,
    ) -> TxResult<KnownKeys> {
        const FIND_KEYS: &str = "\
-- gateway::known::Known::keys
SELECT digest, id, token_id FROM access_keys WHERE digest = ANY ($1)";

        let (mut found, mut misses) = (KnownKeys::new(), Vec::new());
        for digest in digests {
            match self.keys.get(&digest) {
                Some(key) => drop(found.insert(digest, key)),
                None => misses.push(digest),
            }
        }
        if misses.is_empty() {
            return Ok(found);
        }
        let misses: Vec<&[u8]> = misses
            .iter()
            .map(|digest| digest.as_bytes().as_slice())
            .collect();
        for row in tx.rows(FIND_KEYS, &[&misses]).await? {
            let (digest, id) = (row.read("digest")?, row.read("id")?);
            let key = KnownKey {
                id,
                token_id: row.read("token_id")?,
            };
            self.keys.insert(digest, key);
            found.insert(digest, key);
        }
        Ok(found)
    }

    /// Returns those of these tokens that are used through the gateway.
    pub(super) async fn tokens<E: From<StoreError>>(
        &self,
        tx: &Transaction<'_>,
        ids: &BTreeSet<TokenId>,
    ) -> TxResult<KnownTokens, E> {
        const FIND_TOKENS: &str = concat!(
            "\
-- gateway::known::Known::tokens
SELECT t.id, t.listing_id, t.buyer_id, t.seller_id, g.version, ",
            terms_columns!("g."),
            "
FROM tokens t
JOIN orders o ON o.id = t.order_id
CROSS JOIN LATERAL (
    SELECT * FROM gateway_terms v
    WHERE v.listing_id = t.listing_id AND v.version = o.terms_version OFFSET 0
) AS g
WHERE t.id = ANY ($1)"
        );

        let (mut found, mut misses) = (KnownTokens::new(), Vec::new());
        for id in ids {
            match self.tokens.get(id) {
                Some(token) => drop(found.insert(*id, token)),
                None => misses.push(id.uuid()),
            }
        }
        if misses.is_empty() {
            return Ok(found);
        }
        let misses: &Vec<Uuid> = &misses;
        for row in tx.rows(FIND_TOKENS, &[misses]).await? {
            let (id, token) = (row.read("id")?, Arc::new(self.token(&row)?));
            self.tokens.insert(id, Arc::clone(&token));
            found.insert(id, token);
        }
        Ok(found)
    }

    fn token(&self, row: &Row) -> Result<KnownToken, Unreadable> {
        let (listing_id, version) = (row.read("listing_id")?, row.read("version")?);
        let known = self.terms.get(&(listing_id, version));
        let terms = if let Some(terms) = known {
            terms
        } else {
            let terms = terms::terms(row)?;
            let terms = Arc::new(VersionedTerms { version, terms });
            self.terms.insert((listing_id, version), Arc::clone(&terms));
            terms
        };
        Ok(KnownToken {
            listing_id,
            buyer_id: row.read("buyer_id")?,
            seller_id: row.read("seller_id")?,
            terms,
        })
    }
}
