use std::time::Duration;

use super::{
    CallOutcome, CallPath, CallState, Drawn, Method, Settlement, TermsVersion, TokenSnapshot,
    charge,
};
use crate::id::{AccessKeyId, AccountId, CallId, ListingId, TokenId};
use crate::time::Timestamp;
use crate::units::Units;

/// A call that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenCall {
    /// The call.
    pub id: CallId,
    /// Token whose units were taken.
    pub token_id: TokenId,
    /// Access key that it was made with.
    pub key_id: AccessKeyId,
    /// Units taken.
    pub taken: Units,
    /// Time at which it began, UTC.
    pub began_at: Timestamp,
    /// Time from which it counts as lost, UTC.
    pub deadline: Timestamp,
}

impl OpenCall {
    /// A call whose units were just taken.
    #[must_use]
    pub const fn of(drawn: &Drawn) -> Self {
        Self {
            id: drawn.call_id,
            token_id: drawn.token_id,
            key_id: drawn.key_id,
            taken: drawn.taken,
            began_at: drawn.began_at,
            deadline: drawn.deadline,
        }
    }

    /// The record of this call once it is given up as lost at `now`. `token` is that of the call.
    #[must_use]
    pub fn lost(&self, token: &TokenSnapshot, now: Timestamp) -> Call {
        Call {
            id: self.id,
            token_id: self.token_id,
            key_id: self.key_id,
            listing_id: token.listing_id,
            buyer_id: token.buyer_id,
            seller_id: token.seller_id,
            terms: token.terms.version,
            request: None,
            outcome: CallOutcome::Lost,
            state: CallState::Returned,
            units: 0,
            request_bytes: 0,
            response_bytes: 0,
            latency: None,
            began_at: self.began_at,
            ended_at: now,
        }
    }
}

/// A call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Identifier.
    pub id: CallId,
    /// Token that it was made with.
    pub token_id: TokenId,
    /// Access key that it was made with.
    pub key_id: AccessKeyId,
    /// Listing that was called.
    pub listing_id: ListingId,
    /// Account that holds the token.
    pub buyer_id: AccountId,
    /// Account that sold it.
    pub seller_id: AccountId,
    /// Version of the terms that it was made under.
    pub terms: TermsVersion,
    /// Method and beginning of the path; `None` of a call that was lost.
    pub request: Option<(Method, CallPath)>,
    /// The way it ended.
    pub outcome: CallOutcome,
    /// State: charged or returned.
    pub state: CallState,
    /// Units charged.
    pub units: u32,
    /// Bytes of the request's body that were sent to the service.
    pub request_bytes: u64,
    /// Bytes of the answer's body that came from the service.
    pub response_bytes: u64,
    /// Time from the call's beginning to the head of the answer; `None` if none came.
    pub latency: Option<Duration>,
    /// Time at which it began, UTC.
    pub began_at: Timestamp,
    /// Time at which it ended, UTC.
    pub ended_at: Timestamp,
}

/// What a report has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finished {
    /// The call has ended with it.
    Now,
    /// The call had ended before: it was given up as lost, or was reported already.
    Before,
}

/// An open call that has ended, as its server reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedCall {
    /// Its record.
    pub call: Call,
    /// Units that it had taken, at least those charged.
    pub taken: Units,
}

impl EndedCall {
    /// A drawn call that has ended, charged by its terms.
    #[must_use]
    pub fn of(
        drawn: Drawn,
        outcome: CallOutcome,
        (request_bytes, response_bytes): (u64, u64),
        latency: Option<Duration>,
        ended_at: Timestamp,
    ) -> Self {
        let (terms, taken) = (&drawn.terms.terms, drawn.taken);
        let settled = charge(terms.charge, terms.cost, taken, outcome);
        let call = Call {
            id: drawn.call_id,
            token_id: drawn.token_id,
            key_id: drawn.key_id,
            listing_id: drawn.listing_id,
            buyer_id: drawn.buyer_id,
            seller_id: drawn.seller_id,
            terms: drawn.terms.version,
            request: Some((drawn.method, drawn.path.kept())),
            outcome,
            state: settled.state,
            units: settled.units,
            request_bytes,
            response_bytes,
            latency,
            began_at: drawn.began_at,
            ended_at,
        };
        Self { call, taken }
    }

    /// Whether the call cost less than it had taken.
    #[must_use]
    pub const fn returns_units(&self) -> bool {
        self.call.units < self.taken.get()
    }
}

impl Call {
    /// Whether its units were charged or returned.
    #[must_use]
    pub const fn settlement(&self) -> Settlement {
        Settlement {
            state: self.state,
            units: self.units,
        }
    }
}
