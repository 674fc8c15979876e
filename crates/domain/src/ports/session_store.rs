use async_trait::async_trait;

use super::StoreError;
use crate::account::{NewSession, PasswordHash, Session, SessionDigest, SignedIn};
use crate::id::{AccountId, SessionId};
use crate::page::{Page, PageRequest};
use crate::policy::SessionPolicy;
use crate::time::Timestamp;

/// Keeps sessions, by the digest of their token. A session that was ended opens nothing from the
/// moment the call that ended it has answered, on any server.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Opens a session for whoever proved the password that hashes to `verified`, or was let in to an
    /// account without one, and leaves an audit record. Answers `false`, and opens nothing, when the
    /// account's hash is another by now: a session must not outlive the password it was opened with.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn open(
        &self,
        session: NewSession,
        verified: Option<PasswordHash>,
    ) -> Result<bool, StoreError>;

    /// The account that a living session belongs to, noting the use at least every
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

    /// Ends one session of the account. Answers whether there was one.
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
