use std::sync::Arc;

use super::{AccessKeyDigest, Balance, VersionedTerms};
use crate::id::{AccessKeyId, AccountId, ListingId, TokenId};
use crate::listing::ListingState;
use crate::time::Timestamp;
use crate::token::TokenState;
use crate::units::Units;

/// A token, as far as calls depend on it, read under the lock of its balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSnapshot {
    /// The token.
    pub id: TokenId,
    /// Its listing.
    pub listing_id: ListingId,
    /// Account that holds it.
    pub buyer_id: AccountId,
    /// Account that sold it.
    pub seller_id: AccountId,
    /// Stored state.
    pub state: TokenState,
    /// Time from which it grants no access, UTC.
    pub expires_at: Timestamp,
    /// Stored state of the listing.
    pub listing_state: ListingState,
    /// Whether an operator has suspended the listing, its seller or the buyer.
    pub is_suspended: bool,
    /// Terms that it was bought under.
    pub terms: Arc<VersionedTerms>,
    /// Its units.
    pub balance: Balance,
    /// State of its rate, see [`CallRate::admit`](super::CallRate::admit).
    pub free_at: Option<Timestamp>,
}

/// An access key, as far as calls depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySnapshot {
    /// The key.
    pub id: AccessKeyId,
    /// Its token.
    pub token_id: TokenId,
    /// Digest of its secret.
    pub digest: AccessKeyDigest,
    /// Most units that it may spend; `None` = all of the token's.
    pub max_units: Option<Units>,
    /// Units that its calls have taken and not got back, if they are limited.
    pub taken: u32,
    /// Time from which it opens nothing, UTC; `None` = that of the token.
    pub expires_at: Option<Timestamp>,
    /// Whether it was deleted.
    pub is_deleted: bool,
}
