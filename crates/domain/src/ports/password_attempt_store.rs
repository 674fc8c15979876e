use std::net::IpAddr;

use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::account::{
    AttemptKind, AttemptOutcome, AttemptSource, Email, LogInPlace, TooManyAttempts,
};
use crate::id::SessionId;
use crate::time::Timestamp;

/// Counts attempts at passwords and second factors, each kind by itself, for all servers together, whether or not there is an account with the
/// address: neither result nor time of a call may tell which.
///
/// [`SessionStore::open`](super::SessionStore::open) and
/// [`AccountStore::register`](super::AccountStore::register) record the places that an account logs in from,
/// which are read here.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PasswordAttemptStore: Send + Sync {
    /// Counts an attempt as [`FailedAttempts::admit`](crate::account::FailedAttempts::admit) says, under the
    /// lock of its source's count: of several attempts at once, on any servers, no more are admitted than one
    /// after another. The source is that of [`AttemptSource::of_client`]. An attempt whose outcome is never
    /// reported stays counted as a failure.
    ///
    /// Counts that are forgotten are deleted, some with each call.
    ///
    /// # Errors
    /// [`AdmitAttemptError`]; the attempt is not counted then.
    async fn admit(&self, attempt: PasswordAttempt) -> Result<AdmittedAttempt, AdmitAttemptError>;

    /// Records the outcome of an attempt, see
    /// [`FailedAttempts::settle`](crate::account::FailedAttempts::settle).
    ///
    /// # Errors
    /// [`StoreError`]; the attempt stays counted as a failure then.
    async fn settle(
        &self,
        attempt: AdmittedAttempt,
        outcome: AttemptOutcome,
    ) -> Result<(), StoreError>;
}

/// Request to count an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordAttempt {
    /// Secret that it guesses.
    pub kind: AttemptKind,
    /// Address of the account, which need not exist.
    pub email: Email,
    /// Client that makes the attempt.
    pub by: AttemptBy,
    /// Address that the request came from; `None` if unknown.
    pub address: Option<IpAddr>,
    /// Time of the attempt, UTC.
    pub at: Timestamp,
}

/// Client that makes an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptBy {
    /// One that is not signed in, at these places, the surest first.
    Visitor(Vec<LogInPlace>),
    /// One that is signed in to the account.
    Session(SessionId),
}

/// An attempt that was counted, and may be verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmittedAttempt {
    /// Secret that it guesses.
    pub kind: AttemptKind,
    /// Address of the account, which need not exist.
    pub email: Email,
    /// Source whose attempts it is counted with.
    pub source: AttemptSource,
    /// Address that the request came from; `None` if unknown.
    pub address: Option<IpAddr>,
    /// Time of the attempt, UTC.
    pub at: Timestamp,
}

/// Why an attempt was not admitted.
#[derive(Debug, Error)]
pub enum AdmitAttemptError {
    /// There were too many.
    #[error(transparent)]
    TooMany(#[from] TooManyAttempts),
    /// The store failed.
    #[error("counting an attempt failed")]
    Unavailable(#[from] StoreError),
}
