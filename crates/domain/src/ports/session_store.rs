use async_trait::async_trait;

use super::StoreError;
use crate::account::{NewSession, PasswordHash, Session, SessionDigest, SignedIn};
use crate::id::{AccountId, SessionId};
use crate::page::{Page, PageRequest};
use crate::policy::SessionPolicy;
use crate::time::Timestamp;

/// Keeps sessions by the digests of their tokens. A session that was ended authenticates nobody from the
/// moment the call that ended it has returned, on any server.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Opens a session and writes an audit record, if the account's password hash is still `verified`
    /// (`None` for an account without a password). Returns `false`, and opens nothing, if it is not: a
    /// session must not outlive the password that it was opened with.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn open(
        &self,
        session: NewSession,
        verified: Option<PasswordHash>,
    ) -> Result<bool, StoreError>;

    /// The living session with this digest, and its account. Records the use, at least every
    /// [`SessionPolicy::TOUCH_INTERVAL`].
    ///
    /// # Errors
    /// [`StoreError`]
    async fn authenticate(
        &self,
        digest: SessionDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, StoreError>;

    /// A page of the account's living sessions, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_account(
        &self,
        account: AccountId,
        policy: SessionPolicy,
        now: Timestamp,
        page: PageRequest<SessionId>,
    ) -> Result<Page<Session, SessionId>, StoreError>;

    /// Ends one session of the account. Returns `false` if the account has no such session.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn end(&self, account: AccountId, session: SessionId) -> Result<bool, StoreError>;

    /// Ends every session of the account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn end_all(&self, account: AccountId) -> Result<(), StoreError>;
}
