use futures::FutureExt;
use udam_domain::StoreError;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{DailySales, OrderState};
use udam_domain::time::Timestamp;

use crate::columns::Columns;
use crate::pool::PgPool;

// An id begins with its time in milliseconds. The condition on `id` therefore leads the seller's index to
// the first order of the period, and the one on `created_at` makes it exact.
const DAILY: &str = "\
-- PgOrderReader::daily_sales
SELECT
    (created_at AT TIME ZONE 'UTC')::date AS day, currency,
    sum(units)::bigint AS units, sum(total_minor)::bigint AS revenue_minor
FROM orders
WHERE seller_id = $1 AND id >= $2 AND created_at >= $3 AND state = $4
GROUP BY day, currency ORDER BY day";

/// The sales of each day since `since`, of orders that are fulfilled now. In a transaction for its plan,
/// along the seller's index: for a seller with many orders, the server would otherwise scan everyone's.
pub(super) async fn daily(
    pool: &PgPool,
    seller: AccountId,
    since: Timestamp,
) -> Result<Vec<DailySales>, StoreError> {
    let (seller, first) = (seller.uuid(), OrderId::first_at(since).uuid());
    let fulfilled: &str = OrderState::Fulfilled.into();
    pool.transaction(move |tx| {
        async move {
            let found = tx
                .rows(DAILY, &[&seller, &first, &since, &fulfilled])
                .await?;
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
