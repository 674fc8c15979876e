use futures::FutureExt;
use udam_domain::StoreError;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{DailySales, Fulfillment, OrderState};
use udam_domain::time::Timestamp;

use crate::columns::Columns;
use crate::order_states::{states, states_where};
use crate::pool::PgPool;
use crate::transaction::Parameters;

// An id begins with its time in milliseconds. The condition on `id` therefore leads the seller's index to
// the first order of the period, and the one on `created_at` makes it exact.
//
// What is sold is decided by `OrderState::is_sold`: an order that was refunded has a token if it had been fulfilled.
// The tokens of those orders alone are looked up, row by row.
const DAILY: &str = "\
-- PgOrderReader::daily_sales
SELECT
    (o.created_at AT TIME ZONE 'UTC')::date AS day, o.currency,
    sum(o.units)::bigint AS units,
    coalesce(sum(o.total_minor) FILTER (WHERE o.state = ANY ($6)), 0)::bigint AS revenue_minor
FROM orders o
LEFT JOIN LATERAL (
    SELECT true AS had_token FROM tokens t
    WHERE t.order_id = o.id AND o.state = ANY ($5) AND NOT o.units_returned
    OFFSET 0
) AS former ON true
WHERE o.seller_id = $1 AND o.id >= $2 AND o.created_at >= $3
    AND (o.state = ANY ($4) OR former.had_token)
GROUP BY day, o.currency ORDER BY day";

/// The sales of each day since `since`. In a transaction for its plan, along the seller's index: for a seller with
/// many orders, the server would otherwise scan everyone's.
pub(super) async fn daily(
    pool: &PgPool,
    seller: AccountId,
    since: Timestamp,
) -> Result<Vec<DailySales>, StoreError> {
    let (seller, first) = (seller.uuid(), OrderId::first_at(since).uuid());
    let (sold, refunded) = (states(Fulfillment::Current), states(Fulfillment::Former));
    let revenue = states_where(OrderState::is_revenue);
    pool.transaction(move |tx| {
        let (sold, refunded, revenue) = (sold.clone(), refunded.clone(), revenue.clone());
        async move {
            let parameters: Parameters<'_> = &[&seller, &first, &since, &sold, &refunded, &revenue];
            let found = tx.rows(DAILY, parameters).await?;
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
