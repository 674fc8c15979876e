use std::sync::Arc;

use crate::account::{Session, SessionDigest, SessionToken, SignedIn};
use crate::audit::Actor;
use crate::id::{AccountId, SessionId};
use crate::opaque_debug::opaque_debug;
use crate::page::{Page, PageRequest};
use crate::policy::SessionPolicy;
use crate::ports::{Clock, SessionMint, SessionStore, StoreError};

/// Authenticating requests by their session, listing and ending sessions.
#[derive(Clone)]
pub struct Sessions {
    store: Arc<dyn SessionStore>,
    mint: Arc<dyn SessionMint>,
    clock: Arc<dyn Clock>,
    policy: SessionPolicy,
}

/// The ports that [`Sessions`] needs.
#[derive(Clone)]
pub struct SessionPorts {
    /// Keeps sessions.
    pub store: Arc<dyn SessionStore>,
    /// Recognizes session tokens.
    pub mint: Arc<dyn SessionMint>,
    /// Time by which sessions expire.
    pub clock: Arc<dyn Clock>,
}

impl Sessions {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: SessionPorts, policy: SessionPolicy) -> Self {
        Self {
            store: ports.store,
            mint: ports.mint,
            clock: ports.clock,
            policy,
        }
    }

    /// The digest that a token is looked up by; `None` for what no mint can have made.
    #[must_use]
    pub fn recognize(&self, token: &SessionToken) -> Option<SessionDigest> {
        self.mint.recognize(token)
    }

    /// The living session with this token, and its account.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn authenticate(&self, token: &SessionToken) -> Result<Option<SignedIn>, StoreError> {
        let Some(digest) = self.recognize(token) else {
            return Ok(None);
        };
        self.store
            .authenticate(digest, self.policy, self.clock.now())
            .await
    }

    /// A page of the account's living sessions, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn of_account(
        &self,
        account: AccountId,
        page: PageRequest<SessionId>,
    ) -> Result<Page<Session, SessionId>, StoreError> {
        self.store
            .of_account(account, self.policy, self.clock.now(), page)
            .await
    }

    /// Ends one session of the actor. Returns `false` if the account has no such session.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn end(&self, actor: Actor, session: SessionId) -> Result<bool, StoreError> {
        self.store.end(actor, session, self.clock.now()).await
    }

    /// Ends every session of the actor.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn end_all(&self, actor: Actor) -> Result<(), StoreError> {
        self.store.end_all(actor, self.clock.now()).await
    }
}

opaque_debug!(Sessions, SessionPorts);

#[cfg(test)]
mod tests;
