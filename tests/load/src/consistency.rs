//! Compares acknowledged orders with the database.

use anyhow::Result;
use uuid::Uuid;

use crate::database::Database;

/// The totals of the database before a load.
pub(crate) struct ConsistencyCheck<'a> {
    database: &'a Database,
    before: Totals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Totals {
    orders: i64,
    tokens: i64,
    sold: i64,
}

impl<'a> ConsistencyCheck<'a> {
    pub(crate) async fn start(database: &'a Database) -> Result<Self> {
        Ok(Self {
            database,
            before: totals(database).await?,
        })
    }

    /// Counts again after a load of orders of one unit each, and describes what is inconsistent. An order
    /// without a response may exist or not.
    pub(crate) async fn finish(
        self,
        acknowledged: &mut [Uuid],
        unanswered: u64,
    ) -> Result<Vec<String>> {
        let after = totals(self.database).await?;
        let mut errors = Vec::new();
        let repeated = repeated(acknowledged);
        if repeated > 0 {
            errors.push(format!("{repeated} orders were acknowledged twice"));
        }
        let acknowledged = &*acknowledged;
        let statement = include_str!("../sql/acknowledged.sql");
        let found = self.database.count(statement, &[&acknowledged]).await?;
        let expected = i64::try_from(acknowledged.len())?;
        if found != expected {
            errors.push(format!(
                "{expected} orders were acknowledged, and {found} exist"
            ));
        }
        let most = expected + i64::try_from(unanswered)?;
        let new = [
            ("orders", after.orders - self.before.orders),
            ("tokens", after.tokens - self.before.tokens),
            ("units sold", after.sold - self.before.sold),
        ];
        for (what, new) in new {
            if !(expected..=most).contains(&new) {
                errors.push(format!(
                    "{expected} orders were acknowledged, and there are {new} new {what}"
                ));
            }
        }
        Ok(errors)
    }
}

async fn totals(database: &Database) -> Result<Totals> {
    let statement = include_str!("../sql/totals.sql");
    let row = database.client().query_one(statement, &[]).await?;
    Ok(Totals {
        orders: row.try_get("orders")?,
        tokens: row.try_get("tokens")?,
        sold: row.try_get("sold")?,
    })
}

/// Number of ids that occur before.
fn repeated(ids: &mut [Uuid]) -> usize {
    ids.sort_unstable();
    ids.windows(2)
        .filter(|pair| pair.first() == pair.last())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_ids_are_counted_in_any_order() {
        let mut ids = [3, 1, 2, 3, 1, 3].map(Uuid::from_u128);
        assert_eq!(repeated(&mut ids), 3);
        assert_eq!(repeated(&mut [1, 2].map(Uuid::from_u128)), 0);
    }
}
