use futures::FutureExt;
use udam_domain::StoreError;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::DailySales;
use udam_domain::time::Timestamp;

use crate::PgPool;
use crate::columns::Columns;

// An identifier begins with the milliseconds: the seller's index leads to about the first order there is to
// count, and the time that was asked for says which it is.
const DAILY: &str = "\
-- PgOrderReader::daily_sales
SELECT
    (created_at AT TIME ZONE 'UTC')::date AS day, currency,
    sum(units)::bigint AS units, sum(total_minor)::bigint AS revenue_minor
FROM orders
WHERE seller_id = $1 AND id >= $2 AND created_at >= $3 AND state = 'fulfilled'
GROUP BY day, currency ORDER BY day";

/// What the seller sold on each day. The transaction is for its plan, by the seller's index: left to choose,
/// the server would rather read those of everybody for a seller who has many of them.
pub(super) async fn daily(
    pool: &PgPool,
    seller: AccountId,
    since: Timestamp,
) -> Result<Vec<DailySales>, StoreError> {
    let (seller, first) = (seller.uuid(), OrderId::first_at(since).uuid());
    pool.transaction(move |tx| {
        async move {
            let found = tx.rows(DAILY, &[&seller, &first, &since]).await?;
            found
                .iter()
                .map(|row| {
                    Ok(DailySales {
                        day: row.read("day")?,
                        units: row.read("units")?,
                        revenue: row.read_money("revenue_minor")?,
                    })
                })
                .collect()
        }
        .boxed()
    })
    .await
}
