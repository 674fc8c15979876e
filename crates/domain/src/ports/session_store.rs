use async_trait::async_trait;

use super::StoreError;
use crate::account::{NewSession, PasswordHash, Session, SessionDigest, SignedIn};
use crate::audit::Actor;
use crate::id::{AccountId, SessionId};
use crate::page::{Page, PageRequest};
use crate::policy::SessionPolicy;
use crate::time::Timestamp;

/// Keeps sessions by the digests of their tokens. A session that was ended authenticates nobody from the
/// moment the call that ended it has returned, on any server.
///
/// A service with a sign-in of its own needs no implementation if it makes neither
/// [`Accounts`](crate::marketplace::Accounts) nor [`Marketplace`](crate::Marketplace), which ask for one. It
/// creates accounts through [`AccountStore::register`](super::AccountStore::register) and makes the other use
/// cases one by one.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Opens a session, records its places, and writes an audit record, if the account's password hash is
    /// still `verified` (`None` for an account without a password). Returns `false`, and opens nothing, if it
    /// is not, if the account has a second factor that the session has not proved, or if the account does not exist: a session
    /// must not outlive the password that it was opened with.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn open(
        &self,
        session: NewSession,
        verified: Option<PasswordHash>,
    ) -> Result<bool, StoreError>;

    /// Returns the living session with this digest, and its account; `None` if there is none, or
    /// [`SessionPolicy::admits`] says that it has expired or been idle for too long. Records the use if
    /// [`SessionPolicy::is_worth_noting`] says so.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn authenticate(
        &self,
        digest: SessionDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, StoreError>;

    /// Returns a page of the account's living sessions, the newest first.
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

    /// Ends one session of the acting account, and writes an audit record. Returns `false`, and writes
    /// nothing, if the account has no such session.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn end(
        &self,
        actor: Actor,
        session: SessionId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Ends every session of the acting account, and writes an audit record if there was one. Nothing happens
    /// for an unknown account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn end_all(&self, actor: Actor, at: Timestamp) -> Result<(), StoreError>;
}
