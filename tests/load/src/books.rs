//! Whether what was acknowledged is what is there.

use anyhow::Result;
use uuid::Uuid;

use crate::database::Database;

/// What the database held before a load.
pub(crate) struct Books<'a> {
    database: &'a Database,
    before: Totals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Totals {
    orders: i64,
    tokens: i64,
    sold: i64,
}

impl<'a> Books<'a> {
    pub(crate) async fn open(database: &'a Database) -> Result<Self> {
        Ok(Self {
            database,
            before: totals(database).await?,
        })
    }

    /// Counts again after a load of orders of one unit each; what does not fit. An order that was
    /// not answered may be there or not.
    pub(crate) async fn settle(
        self,
        acknowledged: &mut [Uuid],
        unanswered: u64,
    ) -> Result<Vec<String>> {
        let after = totals(self.database).await?;
        let mut faults = Vec::new();
        let twice = repeated(acknowledged);
        if twice > 0 {
            faults.push(format!("{twice} orders were acknowledged twice"));
        }
        let acknowledged = &*acknowledged;
        let statement = include_str!("../sql/acknowledged.sql");
        let found = self.database.count(statement, &[&acknowledged]).await?;
        let expected = i64::try_from(acknowledged.len())?;
        if found != expected {
            faults.push(format!(
                "{expected} orders were acknowledged, and {found} are there"
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
                faults.push(format!(
                    "{expected} orders were acknowledged, and there are {new} new {what}"
                ));
            }
        }
        Ok(faults)
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

/// How many are there more than once.
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
    fn what_was_acknowledged_twice_is_found_wherever_it_is() {
        let mut ids = [3, 1, 2, 3, 1, 3].map(Uuid::from_u128);
        assert_eq!(repeated(&mut ids), 3);
        assert_eq!(repeated(&mut [1, 2].map(Uuid::from_u128)), 0);
    }
}
