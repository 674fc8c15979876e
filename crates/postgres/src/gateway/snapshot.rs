//! The rows that calls depend on, read under lock in one pipelined round trip.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures::join;
use udam_domain::gateway::{CallBatch, KeySnapshot, OpenCall, TokenSnapshot};
use udam_domain::id::{AccessKeyId, CallId, ListingId, TokenId};
use udam_domain::listing::{EndpointUrl, ListingState, SealedKey};
use udam_domain::time::Timestamp;
use udam_domain::token::TokenState;
use uuid::Uuid;

use super::balances::{self, Balances, LOCK_BALANCES};
use super::known::KnownTokens;
use super::row;
use crate::columns::Columns;
use crate::listings::sealed_key;
use crate::transaction::{Transaction, TxResult};

/// What is asked for by the calls of a transaction.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Tokens whose balances change.
    pub(super) tokens: BTreeSet<TokenId>,
    /// Those of them that are drawn on.
    pub(super) drawn: BTreeSet<TokenId>,
    /// Keys that calls are made with, or were.
    pub(super) keys: BTreeSet<AccessKeyId>,
    /// Open calls that end.
    pub(super) ending: BTreeSet<CallId>,
    /// Ends those calls alone whose deadlines are before this, if it is set.
    pub(super) lapsed_before: Option<Timestamp>,
}

/// Snapshots that a batch of calls is decided on.
pub(super) struct Snapshot {
    /// The rules, over the tokens and keys read.
    pub(super) batch: CallBatch,
    /// The services of the tokens that are drawn on, by listing.
    pub(super) services: HashMap<ListingId, Service>,
    /// Calls that were open, and no longer are once the transaction is committed.
    pub(super) ended: HashMap<CallId, OpenCall>,
}

/// What it takes to call the service of a listing.
pub(super) struct Service {
    state: ListingState,
    /// Whether an operator has suspended the listing or its seller.
    is_suspended: bool,
    pub(super) key: SealedKey,
    /// A server of an older version may have removed it.
    pub(super) endpoint_url: Option<EndpointUrl>,
}

/// The statements of [`load`], to be prepared before it.
pub(super) const STATEMENTS: [&str; 5] = [
    LOCK_BALANCES,
    READ_TOKENS,
    READ_LISTINGS,
    READ_KEYS,
    END_CALLS,
];

/// Locks and reads what these calls depend on, and ends the open ones.
///
/// The statements are sent together and run in this order: the locks first; what they protect is read by later statements,
/// whose snapshots are taken after the wait for the locks. They must be prepared: one that is not would be overtaken by the
/// next.
pub(super) async fn load(
    tx: &Transaction<'_>,
    asked: &Asked,
    known: &KnownTokens,
) -> TxResult<Snapshot> {
    let locked: Vec<TokenId> = asked.tokens.iter().copied().collect();
    let drawn = asked.drawn.iter().filter_map(|id| known.get(id));
    let listings: BTreeSet<ListingId> = drawn.map(|token| token.listing_id).collect();
    let (balances, tokens, services, keys, ended) = join!(
        balances::lock(tx, &locked),
        read_tokens(tx, &asked.drawn),
        read_listings(tx, &listings),
        read_keys(tx, &asked.keys),
        end_calls(tx, asked),
    );
    // The first failure is the cause; the statements after it fail because the transaction has.
    let balances: Balances = balances?;
    let (tokens, services) = (tokens?, services?);
    let (keys, ended) = (keys?, ended?);
    let snapshots = balances.into_iter().filter_map(|(id, (balance, free_at))| {
        let known = known.get(&id)?;
        let (state, expires_at, buyer_suspended) = tokens.get(&id).copied().unwrap_or(CLOSED);
        let service = services.get(&known.listing_id);
        Some(TokenSnapshot {
            id,
            listing_id: known.listing_id,
            buyer_id: known.buyer_id,
            seller_id: known.seller_id,
            state,
            expires_at,
            is_suspended: buyer_suspended || service.is_some_and(|service| service.is_suspended),
            listing_state: service.map_or(ListingState::Archived, |service| service.state),
            terms: Arc::clone(&known.terms),
            balance,
            free_at,
        })
    });
    Ok(Snapshot {
        batch: CallBatch::new(snapshots, keys),
        services,
        ended,
    })
}

/// The state of a token that is not drawn on, and was therefore not read: nothing may be.
const CLOSED: (TokenState, Timestamp, bool) = (TokenState::Revoked, Timestamp::MIN, false);

const READ_TOKENS: &str = "\
-- gateway::snapshot::read_tokens
SELECT
    t.id, t.state, t.expires_at,
    EXISTS (SELECT FROM accounts a WHERE a.id = t.buyer_id AND a.suspended_at IS NOT NULL) AS is_suspended
FROM tokens t WHERE t.id = ANY ($1)";

async fn read_tokens(
    tx: &Transaction<'_>,
    tokens: &BTreeSet<TokenId>,
) -> TxResult<HashMap<TokenId, (TokenState, Timestamp, bool)>> {
    if tokens.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = tokens.iter().map(|id| id.uuid()).collect();
    let found = tx.rows(READ_TOKENS, &[&ids]).await?;
    found
        .iter()
        .map(|row| {
            Ok((
                row.read("id")?,
                (
                    row.read("state")?,
                    row.read("expires_at")?,
                    row.read("is_suspended")?,
                ),
            ))
        })
        .collect()
}

const READ_LISTINGS: &str = "\
-- gateway::snapshot::read_listings
SELECT
    l.id, l.state, l.sealed_key, l.master_key_id, l.endpoint_url,
    l.suspended_at IS NOT NULL
    OR EXISTS (SELECT FROM accounts a WHERE a.id = l.seller_id AND a.suspended_at IS NOT NULL) AS is_suspended
FROM listings l WHERE l.id = ANY ($1)";

async fn read_listings(
    tx: &Transaction<'_>,
    listings: &BTreeSet<ListingId>,
) -> TxResult<HashMap<ListingId, Service>> {
    if listings.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = listings.iter().map(|id| id.uuid()).collect();
    let found = tx.rows(READ_LISTINGS, &[&ids]).await?;
    found
        .iter()
        .map(|row| {
            let service = Service {
                state: row.read("state")?,
                is_suspended: row.read("is_suspended")?,
                key: sealed_key(row)?,
                endpoint_url: row.read("endpoint_url")?,
            };
            Ok((row.read("id")?, service))
        })
        .collect()
}

const READ_KEYS: &str = "\
-- gateway::snapshot::read_keys
SELECT
    id, token_id, digest, max_units, taken_units, expires_at, deleted_at IS NOT NULL AS is_deleted
FROM access_keys WHERE id = ANY ($1)";

async fn read_keys(
    tx: &Transaction<'_>,
    keys: &BTreeSet<AccessKeyId>,
) -> TxResult<Vec<KeySnapshot>> {
    let ids: Vec<Uuid> = keys.iter().map(|id| id.uuid()).collect();
    let found = tx.rows(READ_KEYS, &[&ids]).await?;
    found
        .iter()
        .map(|row| {
            Ok(KeySnapshot {
                id: row.read("id")?,
                token_id: row.read("token_id")?,
                digest: row.read("digest")?,
                max_units: row::units(row, "max_units")?,
                taken: row.read("taken_units")?,
                expires_at: row.read("expires_at")?,
                is_deleted: row.read("is_deleted")?,
            })
        })
        .collect()
}

const END_CALLS: &str = "\
-- gateway::snapshot::end_calls
DELETE FROM open_calls WHERE id = ANY ($1) AND ($2::timestamptz IS NULL OR deadline < $2)
RETURNING id, token_id, key_id, taken, began_at, deadline";

async fn end_calls(tx: &Transaction<'_>, asked: &Asked) -> TxResult<HashMap<CallId, OpenCall>> {
    if asked.ending.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = asked.ending.iter().map(|id| id.uuid()).collect();
    let ended = tx.rows(END_CALLS, &[&ids, &asked.lapsed_before]).await?;
    ended
        .iter()
        .map(|row| {
            let call = row::open_call(row)?;
            Ok((call.id, call))
        })
        .collect()
}
