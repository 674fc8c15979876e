use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::StoreError;

use crate::pool::PgPool;
use crate::transaction::Parameters;

/// Returns all rows of a statement over calls, which is planned by key.
///
/// A day begins empty. A plan that is made then, and kept, would scan it once it is full.
pub(super) async fn rows(
    pool: &PgPool,
    statement: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<Row>, StoreError> {
    pool.transaction(|tx| async move { Ok(tx.rows(statement, parameters).await?) }.boxed())
        .await
}
