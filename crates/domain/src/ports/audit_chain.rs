use async_trait::async_trait;

use super::StoreError;
use crate::audit::{AuditHead, AuditQuery, AuditRecord, SealedAuditKey};
use crate::id::AccountId;
use crate::page::{Page, PageRequest};
use crate::time::Timestamp;

/// Links the records of the audit trail into a chain.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AuditChain: Send + Sync {
    /// Links the records that are not linked yet, a bounded number of them, and returns what came of it. Of calls at the same
    /// time, on any server, one links records.
    ///
    /// # Errors
    /// [`StoreError`]; the records are linked by a later call then.
    async fn link(&self, now: Timestamp) -> Result<Linked, StoreError>;
}

/// Outcome of linking records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linked {
    /// Number of records that were linked.
    pub records: usize,
    /// Last link of the chain.
    pub head: AuditHead,
    /// Whether more records may wait.
    pub has_more: bool,
}

/// Reads the audit trail.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AuditReader: Send + Sync {
    /// Returns a page of what an account did, and of what was done about it, the newest first; a position is the number of a
    /// record.
    ///
    /// # Errors
    /// [`StoreError`]; `Failed` if a newer version has recorded an action that this one does not know.
    async fn of_account(
        &self,
        account: AccountId,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditRecord, i64>, StoreError>;

    /// Returns a page of the records that match, the newest first; a position is the number of a record.
    ///
    /// # Errors
    /// [`StoreError`]; `Failed` if a newer version has recorded an action that this one does not know.
    async fn search(
        &self,
        query: AuditQuery,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditRecord, i64>, StoreError>;
}

/// Keeps the keys of links whose master keys may go. A service that never changes its master key needs no implementation.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AuditKeyStore: Send + Sync {
    /// Returns all keys that are kept, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn all(&self) -> Result<Vec<SealedAuditKey>, StoreError>;

    /// Keeps these keys. One that is kept already, under the same master key, stays as it is.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn keep(&self, keys: Vec<SealedAuditKey>, at: Timestamp) -> Result<(), StoreError>;
}
