use tokio_postgres::Error;
use uuid::Uuid;

use super::discrepancy::{Discrepancy, Subject};
use crate::transaction::{Parameters, Transaction};

/// Runs a statement that selects an `id` and a `finding` for each row that disagrees with others.
pub(super) async fn check(
    tx: &Transaction<'_>,
    statement: &str,
    parameters: Parameters<'_>,
    subject: impl Fn(Uuid) -> Subject,
) -> Result<Vec<Discrepancy>, Error> {
    let rows = tx.rows(statement, parameters).await?;
    rows.iter()
        .map(|row| {
            Ok(Discrepancy {
                subject: subject(row.try_get("id")?),
                finding: row.try_get("finding")?,
            })
        })
        .collect()
}
