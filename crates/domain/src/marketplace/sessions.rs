use std::sync::Arc;

use crate::account::{Session, SessionDigest, SessionToken, SignedIn};
use crate::id::{AccountId, SessionId};
use crate::page::{Page, PageRequest};
use crate::policy::SessionPolicy;
use crate::ports::{Clock, SessionMint, SessionStore, StoreError};

/// Being signed in, and ceasing to be.
#[derive(Clone)]
pub struct Sessions {
    /// Keeps sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Knows session tokens.
    pub mint: Arc<dyn SessionMint>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How long sessions last.
    pub policy: SessionPolicy,
}

impl Sessions {
    /// The digest that a token is looked up by, or `None` for what cannot be one.
    #[must_use]
    pub fn recognize(&self, token: &SessionToken) -> Option<SessionDigest> {
        self.mint.recognize(token)
    }

    /// Who shows this token, if its session lives.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn authenticate(&self, token: &SessionToken) -> Result<Option<SignedIn>, StoreError> {
        let Some(digest) = self.recognize(token) else {
            return Ok(None);
        };
        self.sessions
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
        self.sessions
            .of_account(account, self.policy, self.clock.now(), page)
            .await
    }

    /// Ends one session of the account. Answers whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn end(&self, account: AccountId, session: SessionId) -> Result<bool, StoreError> {
        self.sessions.end(account, session).await
    }

    /// Ends every session of the account.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn end_all(&self, account: AccountId) -> Result<(), StoreError> {
        self.sessions.end_all(account).await
    }
}

#[cfg(test)]
mod tests;
