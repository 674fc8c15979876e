use tokio_postgres::Error;
use udam_domain::order::{Fulfillment, OrderState};
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

/// Names of the states of orders that have been fulfilled in this way.
pub(super) fn states(fulfillment: Fulfillment) -> Vec<&'static str> {
    states_where(|state| state.fulfillment() == fulfillment)
}

/// Names of the states of orders that satisfy a condition.
pub(super) fn states_where(condition: impl Fn(OrderState) -> bool) -> Vec<&'static str> {
    let all = OrderState::ALL.iter().copied();
    all.filter(|state| condition(*state))
        .map(Into::into)
        .collect()
}
