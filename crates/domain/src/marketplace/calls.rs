use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::gateway::{
    AccessKey, CallOutcome, CallPath, DrawCall, DrawRefused, Drawn, EndedCall, Finished, Method,
};
use crate::id::{CallId, ListingId};
use crate::listing::{ApiKey, EndpointUrl};
use crate::opaque_debug::opaque_debug;
use crate::policy::CallPolicy;
use crate::ports::{
    AccessKeyMint, CallStore, Clock, DrawCallError, Entropy, KeyVault, StoreError, VaultError,
};
use crate::time::after;

/// Calls through the gateway: taking their units, and ending them.
#[derive(Clone)]
pub struct Calls {
    store: Arc<dyn CallStore>,
    mint: Arc<dyn AccessKeyMint>,
    vault: Arc<dyn KeyVault>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: CallPolicy,
}

/// The ports that [`Calls`] needs.
#[derive(Clone)]
pub struct CallPorts {
    /// Takes units, and charges or returns them.
    pub store: Arc<dyn CallStore>,
    /// Recognizes access keys.
    pub mint: Arc<dyn AccessKeyMint>,
    /// Opens sellers' keys.
    pub vault: Arc<dyn KeyVault>,
    /// Time at which calls begin and end.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// A call that a client asks for.
#[derive(Debug, Clone)]
pub struct BeginCall {
    /// The listing.
    pub listing_id: ListingId,
    /// The access key that the client has presented.
    pub key: AccessKey,
    /// Method.
    pub method: Method,
    /// Path below the address of the listing.
    pub path: CallPath,
}

/// A call that may be made.
#[derive(Debug, Clone)]
pub struct BegunCall {
    /// The call, whose units are taken.
    pub drawn: Drawn,
    /// The seller's key.
    pub api_key: ApiKey,
    /// Address of the service.
    pub endpoint_url: EndpointUrl,
}

/// The end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallEnd {
    /// The way it ended.
    pub outcome: CallOutcome,
    /// Bytes of the request's body that were sent to the service.
    pub request_bytes: u64,
    /// Bytes of the answer's body that came from the service.
    pub response_bytes: u64,
    /// Time from the call's beginning to the head of the answer; `None` if none came.
    pub latency: Option<Duration>,
}

/// Why a call may not be made.
#[derive(Debug, Error)]
pub enum BeginCallError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] DrawRefused),
    /// The seller's key could not be opened. The units were given back.
    #[error("opening a seller's key failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("drawing a call failed")]
    Unavailable(#[from] StoreError),
}

impl From<DrawCallError> for BeginCallError {
    fn from(error: DrawCallError) -> Self {
        match error {
            DrawCallError::Refused(refused) => Self::Refused(refused),
            DrawCallError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl Calls {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: CallPorts, policy: CallPolicy) -> Self {
        Self {
            store: ports.store,
            mint: ports.mint,
            vault: ports.vault,
            clock: ports.clock,
            entropy: ports.entropy,
            policy,
        }
    }

    /// Takes the units of a call. From then on it is open: the caller makes it, [extends](Self::extend) it while it
    /// lasts, and [finishes](Self::finish) it however it ended.
    ///
    /// # Errors
    /// [`BeginCallError`]; no units are taken then.
    pub async fn begin(&self, call: BeginCall) -> Result<BegunCall, BeginCallError> {
        let key = self.mint.recognize(&call.key);
        let key = key.ok_or(DrawRefused::InvalidKey)?;
        let at = self.clock.now();
        let draw = DrawCall {
            call_id: CallId::mint(at, self.entropy.as_ref()),
            listing_id: call.listing_id,
            key,
            method: call.method,
            path: call.path,
            at,
            deadline: after(at, self.policy.open_for),
        };
        let drawn = self.store.draw(draw).await?;
        match self.vault.open(drawn.drawn.listing_id, &drawn.key).await {
            Ok(api_key) => Ok(BegunCall {
                drawn: drawn.drawn,
                api_key,
                endpoint_url: drawn.endpoint_url,
            }),
            Err(error) => {
                let end = CallEnd {
                    outcome: CallOutcome::Lost,
                    request_bytes: 0,
                    response_bytes: 0,
                    latency: None,
                };
                self.finish(drawn.drawn, end).await?;
                Err(error.into())
            }
        }
    }

    /// Ends a call, and charges what its terms say.
    ///
    /// # Errors
    /// [`StoreError`]; the call is still open then, and the same report may be made again.
    pub async fn finish(&self, drawn: Drawn, end: CallEnd) -> Result<Finished, StoreError> {
        let bytes = (end.request_bytes, end.response_bytes);
        let now = self.clock.now();
        let ended = EndedCall::of(drawn, end.outcome, bytes, end.latency, now);
        self.store.finish(ended).await
    }

    /// Keeps calls that last from being given up. Due every [`CallPolicy::extend_every`] for each open call.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn extend(&self, calls: Vec<CallId>) -> Result<(), StoreError> {
        let deadline = after(self.clock.now(), self.policy.open_for);
        self.store.extend(calls, deadline).await
    }

    /// Gives up the calls whose servers have stopped in the middle, and returns their number. Keeps the records of
    /// calls for as long as the policy says.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn sweep(&self) -> Result<usize, StoreError> {
        /// Calls given up in one step.
        const STEP: u16 = 500;

        let now = self.clock.now();
        self.store.keep(now, self.policy.kept).await?;
        let mut given_up = 0_usize;
        loop {
            let step = self.store.give_up_lost(now, STEP).await?.len();
            given_up = given_up.saturating_add(step);
            if step < usize::from(STEP) {
                return Ok(given_up);
            }
        }
    }

    /// Times of calls.
    #[must_use]
    pub const fn policy(&self) -> CallPolicy {
        self.policy
    }
}

opaque_debug!(Calls, CallPorts);

#[cfg(test)]
mod tests;
