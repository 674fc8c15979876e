use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::gateway::{DrawCall, DrawRefused, Drawn, EndedCall, Finished};
use crate::id::CallId;
use crate::listing::{EndpointUrl, SealedKey};
use crate::time::{SignedDuration, Timestamp};

/// Takes the units of calls, and charges or returns them.
///
/// The draw is the check: nothing that it depends on is cached, so that a call that begins after the answer to a
/// revocation, suspension, refund, deletion of a key or archiving of a listing has returned is refused, on every server.
///
/// # Cancellation
/// A call of a method whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait CallStore: Send + Sync {
    /// Takes the units of a call as [`draw`](crate::gateway::draw) decides, and keeps it as open until it is finished
    /// or its deadline has passed. The key and the address are those of the listing now.
    ///
    /// # Errors
    /// [`DrawCallError`]; nothing has changed then.
    async fn draw(&self, draw: DrawCall) -> Result<DrawnCall, DrawCallError>;

    /// Ends an open call as [`call_transition`](crate::gateway::call_transition) decides for its
    /// [settlement](crate::gateway::Call::settlement), and keeps this record of it. A call that has ended, or was never drawn, changes
    /// nothing.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    async fn finish(&self, ended: EndedCall) -> Result<Finished, StoreError>;

    /// Moves the deadlines of those of these calls that are open to `deadline`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn extend(&self, calls: Vec<CallId>, deadline: Timestamp) -> Result<(), StoreError>;

    /// Gives up to `limit` open calls up whose deadlines are before `now`, each as
    /// [`OpenCall::lost`](crate::gateway::OpenCall::lost) says. Returns them.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn give_up_lost(&self, now: Timestamp, limit: u16) -> Result<Vec<CallId>, StoreError>;

    /// Prepares for the calls of the next days, and forgets the records of whole days before `now` less `kept`.
    /// Balances stay as they are.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn keep(&self, now: Timestamp, kept: SignedDuration) -> Result<(), StoreError>;
}

/// A call whose units were taken, and what it takes to reach the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnCall {
    /// The call.
    pub drawn: Drawn,
    /// The seller's key, sealed for the listing.
    pub key: SealedKey,
    /// Address of the service.
    pub endpoint_url: EndpointUrl,
}

/// Why the units of a call were not taken.
#[derive(Debug, Error)]
pub enum DrawCallError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] DrawRefused),
    /// The store failed.
    #[error("drawing a call failed")]
    Unavailable(#[from] StoreError),
}
