use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::account::{AccountRecord, EraseAccount};
use udam_domain::complaint::Complaint;
use udam_domain::id::AccountId;
use udam_domain::page::{Page, PageRequest};
use udam_domain::{EraseAccountError, PersonalDataStore, StoreError};

use super::{erase, record};
use crate::pool::PgPool;

/// Reads and erases what is stored of a person, in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgPersonalDataStore {
    pool: PgPool,
}

impl PgPersonalDataStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl PersonalDataStore for PgPersonalDataStore {
    async fn record(&self, account: AccountId) -> Result<Option<AccountRecord>, StoreError> {
        self.pool
            .transaction(|tx| record::record(tx, account).boxed())
            .await
    }

    async fn complaints(
        &self,
        buyer: AccountId,
        page: PageRequest<i64>,
    ) -> Result<Page<Complaint, i64>, StoreError> {
        record::complaints(&self.pool, buyer, page).await
    }

    async fn erase(&self, request: EraseAccount) -> Result<(), EraseAccountError> {
        self.pool
            .transaction(|tx| erase::erase(tx, &request).boxed())
            .await
    }
}
