use async_trait::async_trait;

use super::StoreError;
use crate::mail::{NoticePolicy, SweptNotice};
use crate::time::Timestamp;

/// Writes the mails that the passing of time gives rise to.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait NoticeStore: Send + Sync {
    /// Writes the mails of the [next](NoticePolicy::next) stretch, and remembers that it was gone through: no later call
    /// writes them again, on any server. Each seller is told of a day once, and so is each buyer of the tokens that expire
    /// on a day. Returns `false` if no stretch is due, or another call is at it.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn write_next(
        &self,
        notice: SweptNotice,
        policy: NoticePolicy,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}
