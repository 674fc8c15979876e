//! Refinery's migrations, each in a transaction with the timeouts of migrations.

use deadpool_postgres::ClientWrapper;
use refinery::Migration;
use refinery_core::traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction};
use tokio_postgres::Error;

/// A connection on which migrations run.
pub(super) struct Migrating {
    pub(super) client: ClientWrapper,
    /// `SET LOCAL` statements.
    pub(super) settings: String,
}

impl AsyncTransaction for Migrating {
    type Error = Error;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &mut self,
        queries: T,
    ) -> Result<usize, Error> {
        let transaction = self.client.transaction().await?;
        transaction.batch_execute(&self.settings).await?;
        let mut count = 0_usize;
        for query in queries {
            transaction.batch_execute(query).await?;
            count = count.saturating_add(1);
        }
        transaction.commit().await?;
        Ok(count)
    }
}

impl AsyncQuery<Vec<Migration>> for Migrating {
    async fn query(&mut self, query: &str) -> Result<Vec<Migration>, Error> {
        AsyncQuery::query(&mut *self.client, query).await
    }
}

impl AsyncMigrate for Migrating {}
