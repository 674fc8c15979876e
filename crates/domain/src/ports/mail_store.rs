use async_trait::async_trait;

use super::StoreError;
use crate::id::MailId;
use crate::mail::{ClaimMail, ClaimedMail, MailOutcome};
use crate::time::Timestamp;

/// Keeps mails until they are sent. The other stores write them, each in the transaction of what it tells: what has not
/// happened is not told, and what has happened is told once.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait MailStore: Send + Sync {
    /// Claims the mail that has been due for longest, and counts the attempt. No other call returns it before the claim
    /// ends. `None` if none is due.
    ///
    /// Who it goes to and what it tells is read now: a mail that was asked for by address goes to the account that has it,
    /// see [`MailKind`](crate::mail::MailKind). If it has a link, the digest of that is stored as usable from now until it
    /// expires; otherwise the link is not used.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn claim(&self, claim: ClaimMail) -> Result<Option<ClaimedMail>, StoreError>;

    /// Records what came of an attempt, and ends its claim. Nothing happens if the attempt is not the latest: another
    /// server has claimed the mail meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn record(
        &self,
        mail: MailId,
        attempt: u32,
        outcome: MailOutcome,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Deletes mails that were sent or given up before `before`, links that ended before it, and registrations that were
    /// never confirmed. It may leave some for the next call.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn forget(&self, before: Timestamp) -> Result<(), StoreError>;
}
