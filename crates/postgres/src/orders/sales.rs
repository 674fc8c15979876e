use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{DailySales, Fulfillment, OrderState, Sale, SalesPeriod};
use udam_domain::page::{Page, PageRequest};
use udam_domain::time::{self, SignedDuration, Timestamp};

use super::row::{self, order_columns, order_joins};
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::order_states::{states, states_where};
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::Parameters;

// As `PgOrderReader::of_buyer`, along the index on sellers. The end of the period bounds ids to the millisecond, and the
// time of creation makes it exact. Its beginning is not asked for: with both, the server would read everyone's
// orders between them.
const PAGE: &str = concat!(
    "-- PgOrderReader::of_seller\nSELECT",
    order_columns!(),
    ", b.name AS buyer_name",
    order_joins!(),
    "\
JOIN accounts b ON b.id = o.buyer_id
WHERE o.seller_id = ANY ($1) AND o.id < $2 AND ($4::timestamptz IS NULL OR o.created_at < $4)
ORDER BY o.seller_id, o.id DESC LIMIT $3"
);

/// A page of the sales of a period.
pub(super) async fn page(
    pool: &PgPool,
    seller: AccountId,
    period: SalesPeriod,
    page: PageRequest<OrderId>,
) -> Result<Page<Sale, OrderId>, StoreError> {
    let after = paging::before(page.after.map(OrderId::uuid));
    // Orders of the last millisecond may have been placed before its end.
    let end = period
        .before
        .map(|before| OrderId::first_at(time::after(before, SignedDuration::from_millis(1))));
    let before = end.map_or(after, |end| after.min(end.uuid()));
    let limit = paging::limit_plus_one(page.limit);
    let seller = [seller.uuid()];
    let parameters: Parameters<'_> = &[&seller.as_slice(), &before, &limit, &period.before];
    let client = pool.client().await?;
    let found = client.rows(PAGE, parameters).await?;
    let mut sales: Vec<Sale> = found.iter().map(sale).collect::<Result<_, _>>()?;
    let first = period.from.map(OrderId::first_at);
    sales.retain(|sale| first.is_none_or(|first| sale.order.id >= first));
    let mut page = Page::from_surplus(sales, page.limit, |sale| sale.order.id);
    page.items
        .retain(|sale| period.contains(sale.order.created_at));
    Ok(page)
}

fn sale(row: &Row) -> Result<Sale, Unreadable> {
    Ok(Sale {
        order: row::order(row)?,
        buyer: row.read("buyer_name")?,
    })
}

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
