use std::sync::Arc;

use thiserror::Error;

use super::{
    AccessKeyDigest, Balance, CallPath, KeySnapshot, Method, RateLimit, TokenSnapshot,
    VersionedTerms,
};
use crate::id::{AccessKeyId, AccountId, CallId, ListingId, TokenId};
use crate::listing::ListingState;
use crate::time::{RetryAfter, Timestamp};
use crate::token::TokenStatus;
use crate::units::{Stock, Units};

/// Request for the units of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawCall {
    /// Identifier of the call. Drawn beforehand, so that a store that runs its transaction again draws once.
    pub call_id: CallId,
    /// The listing that is called.
    pub listing_id: ListingId,
    /// Digest of the access key that the client has presented.
    pub key: AccessKeyDigest,
    /// Method of the call.
    pub method: Method,
    /// Path of the call.
    pub path: CallPath,
    /// Time of the request, UTC.
    pub at: Timestamp,
    /// Time from which the call counts as lost unless it has ended or its deadline was extended, UTC.
    pub deadline: Timestamp,
}

/// A call whose units were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The call.
    pub call_id: CallId,
    /// Token whose units were taken.
    pub token_id: TokenId,
    /// Access key that the client has presented.
    pub key_id: AccessKeyId,
    /// Listing of the token.
    pub listing_id: ListingId,
    /// Account that holds the token.
    pub buyer_id: AccountId,
    /// Account that sold it.
    pub seller_id: AccountId,
    /// Terms that the token was bought under.
    pub terms: Arc<VersionedTerms>,
    /// Units taken.
    pub taken: Units,
    /// Units left.
    pub left: Stock,
    /// State of the token's rate; `None` if it has none.
    pub limit: Option<RateLimit>,
    /// Method of the call.
    pub method: Method,
    /// Path of the call.
    pub path: CallPath,
    /// Time at which it began, UTC.
    pub began_at: Timestamp,
    /// See [`DrawCall::deadline`].
    pub deadline: Timestamp,
}

/// Why no units were taken. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DrawRefused {
    /// There is no such access key, it was deleted or has expired, or its token is another listing's.
    #[error("the access key does not open this listing")]
    InvalidKey,
    /// The token was revoked.
    #[error("the token was revoked")]
    TokenRevoked,
    /// The token has expired.
    #[error("the token has expired")]
    TokenExpired,
    /// The token's payment is disputed.
    #[error("the token is suspended while its payment is disputed")]
    TokenSuspended,
    /// An operator has suspended the listing, its seller or the buyer.
    #[error("the listing, its seller or the buyer is suspended")]
    Suspended,
    /// The seller has archived the listing.
    #[error("the listing is archived")]
    ListingArchived,
    /// The terms do not sell calls by this method to this path.
    #[error("the listing does not sell this call")]
    NotSold,
    /// The token has fewer units left than the call may cost.
    #[error("{left} units of the token are left, and the call may cost {needed}")]
    UnitsExhausted {
        /// Units left.
        left: Stock,
        /// Most units that the call may cost.
        needed: Units,
    },
    /// The access key may spend fewer units than the call may cost.
    #[error("the access key may spend {left} more units, and the call may cost {needed}")]
    KeyUnitsExhausted {
        /// Units that the key may still spend.
        left: Stock,
        /// Most units that the call may cost.
        needed: Units,
    },
    /// The token has made as many calls as its terms allow.
    #[error("too many calls; the next is admitted at {}", .0.until)]
    RateLimited(RetryAfter),
}

/// What a draw changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Units taken.
    pub units: Units,
    /// Balance of the token after it.
    pub balance: Balance,
    /// Units that the key has taken after it.
    pub of_key: u32,
    /// See [`TokenSnapshot::free_at`], after it.
    pub free_at: Option<Timestamp>,
    /// State of the token's rate after it; `None` if it has none.
    pub limit: Option<RateLimit>,
}

/// Decides whether a call may begin, and takes its units: the most that it may cost, since the service is owed that much.
///
/// Calls that are refused do not count towards the rate.
///
/// # Errors
/// [`DrawRefused`]
pub fn draw(
    token: &TokenSnapshot,
    key: &KeySnapshot,
    request: &DrawCall,
) -> Result<Taken, DrawRefused> {
    let is_expired = key.expires_at.is_some_and(|at| at <= request.at);
    if key.is_deleted || is_expired || token.listing_id != request.listing_id {
        return Err(DrawRefused::InvalidKey);
    }
    match token.state.status(token.expires_at, request.at) {
        TokenStatus::Active => {}
        TokenStatus::Revoked => return Err(DrawRefused::TokenRevoked),
        TokenStatus::Expired => return Err(DrawRefused::TokenExpired),
        TokenStatus::Suspended => return Err(DrawRefused::TokenSuspended),
    }
    if token.is_suspended {
        return Err(DrawRefused::Suspended);
    }
    if token.listing_state == ListingState::Archived {
        return Err(DrawRefused::ListingArchived);
    }
    let terms = &token.terms.terms;
    if !terms.sell(request.method, &request.path) {
        return Err(DrawRefused::NotSold);
    }
    let needed = terms.cost.taken();
    let balance = token.balance.take(needed);
    let balance = balance.ok_or(DrawRefused::UnitsExhausted {
        left: token.balance.left(),
        needed,
    })?;
    let of_key = key.take(needed)?;
    let Some(rate) = terms.rate else {
        return Ok(Taken {
            units: needed,
            balance,
            of_key,
            free_at: token.free_at,
            limit: None,
        });
    };
    let admitted = rate.admit(token.free_at, request.at);
    let (free_at, limit) = admitted.map_err(DrawRefused::RateLimited)?;
    Ok(Taken {
        units: needed,
        balance,
        of_key,
        free_at: Some(free_at),
        limit: Some(limit),
    })
}

impl KeySnapshot {
    /// Units that the key has taken once it takes `needed` more.
    fn take(&self, needed: Units) -> Result<u32, DrawRefused> {
        let Some(most) = self.max_units else {
            return Ok(self.taken);
        };
        let left = most.get().saturating_sub(self.taken);
        if left < needed.get() {
            let left = Stock::from_count(left);
            return Err(DrawRefused::KeyUnitsExhausted { left, needed });
        }
        Ok(self.taken.saturating_add(needed.get()))
    }
}

#[cfg(test)]
mod tests;
