use async_trait::async_trait;

use super::StoreError;
use crate::gateway::ReceiptKey;
use crate::time::Timestamp;

/// Keeps the public keys of receipts, so that receipts outlive the master keys that they were signed under. A
/// service that signs no receipts, or never changes its master key, needs no implementation.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ReceiptKeyStore: Send + Sync {
    /// Adds the keys whose ids are not stored yet, and returns all that are stored, the oldest first. Called
    /// before the first signature, by every server.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn publish(
        &self,
        keys: Vec<ReceiptKey>,
        at: Timestamp,
    ) -> Result<Vec<ReceiptKey>, StoreError>;
}
