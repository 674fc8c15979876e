use async_trait::async_trait;

use super::StoreError;
use crate::account::{
    ChallengeDigest, Challenged, ConfirmFactor, Factors, FinishLogIn, NewChallenge, NewFactor,
    RemoveFactor, ReplaceRecoveryCodes, StepUp,
};
use crate::id::AccountId;
use crate::time::Timestamp;

/// Keeps second factors, recovery codes, and the times at which sessions have proved them.
///
/// A proof is accepted once, on all servers together: of several uses of one code at once, one succeeds, and the code of an
/// earlier step is refused from then on.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SecondFactorStore: Send + Sync {
    /// Stores a factor that is to be confirmed, in place of another of the account that was not.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn begin(&self, factor: NewFactor) -> Result<(), StoreError>;

    /// Returns the factors of an account. One that was begun too long ago, see [`NewFactor::OPEN_FOR`], is left out.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, account: AccountId, now: Timestamp) -> Result<Factors, StoreError>;

    /// Makes a factor that was begun the one of its account, in place of another, with its recovery codes. The session goes on
    /// under its new token, with a proof of the factor; all others of the account end. Writes an audit record, and a mail to
    /// the account. Returns `false`, and changes nothing, if the factor is gone, its code was used, or the session has ended.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn confirm(&self, confirm: ConfirmFactor) -> Result<bool, StoreError>;

    /// Removes the factor of an account, its recovery codes, and one that was begun. Sessions are treated as
    /// [`confirm`](Self::confirm) does, but for the proof; those of an operator's removal all end. Writes an audit record, and
    /// a mail to the account. Returns `false`, and changes nothing, if there is no factor, or the session has ended.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn remove(&self, remove: RemoveFactor) -> Result<bool, StoreError>;

    /// Replaces all recovery codes, and writes an audit record, and a mail to the account. Returns `false`, and changes nothing,
    /// if the account has no factor.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn replace_recovery_codes(
        &self,
        replace: ReplaceRecoveryCodes,
    ) -> Result<bool, StoreError>;

    /// Uses up a proof, records it as the last one of the session, and writes an audit record; for a recovery code one more,
    /// and a mail to the account. Returns `false`, and changes nothing, if the proof was used before, or the session has ended.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn step_up(&self, step_up: StepUp) -> Result<bool, StoreError>;
}

/// Keeps logins that wait for the second factor.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait LogInChallengeStore: Send + Sync {
    /// Stores a challenge, and deletes those of the account that have expired.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn open(&self, challenge: NewChallenge) -> Result<(), StoreError>;

    /// Returns the account and factor of a challenge; `None` if it has expired, has been used, its account has another password
    /// or no factor since, or is suspended.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(
        &self,
        digest: ChallengeDigest,
        now: Timestamp,
    ) -> Result<Option<Challenged>, StoreError>;

    /// Uses up a challenge and a proof, and opens the session as [`SessionStore::open`](super::SessionStore::open) does. A
    /// recovery code writes an audit record of its own, and a mail to the account. Returns `false`, and changes nothing, if
    /// [`find`](Self::find) would no longer return the challenge, or the proof was used before.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn finish(&self, finish: FinishLogIn) -> Result<bool, StoreError>;
}
