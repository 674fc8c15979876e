use tokio_postgres::Error;
use udam_domain::id::ListingId;
use udam_domain::order::{Fulfillment, OrderState};

use super::check::check;
use super::discrepancy::{Discrepancy, Subject};
use crate::order_states::{states, states_where};
use crate::transaction::Transaction;

const CHECK_STOCK: &str = "\
-- consistency::listings::check_stock
WITH changed AS (
    SELECT listing_id, sum(units)::bigint AS listed FROM stock_changes GROUP BY listing_id
),
ordered AS (
    SELECT
        o.listing_id,
        coalesce(sum(o.units) FILTER (WHERE o.state = ANY ($1)), 0)::bigint AS held,
        -- A refunded order without a token was paid too late to be served: its units were never sold.
        coalesce(
            sum(o.units) FILTER (
                WHERE o.state = ANY ($2)
                OR (o.state = ANY ($3) AND NOT o.units_returned AND t.id IS NOT NULL)
            ),
            0
        )::bigint AS sold,
        coalesce(sum(o.total_minor) FILTER (WHERE o.state = ANY ($4)), 0)::bigint AS revenue_minor
    FROM orders o
    LEFT JOIN tokens t ON t.order_id = o.id
    GROUP BY o.listing_id
),
compared AS (
    SELECT
        l.id,
        coalesce(changed.listed, 0) AS listed,
        coalesce(ordered.held, 0) AS held,
        coalesce(ordered.sold, 0) AS sold,
        coalesce(ordered.revenue_minor, 0) AS revenue_minor,
        stock.listed AS stock_listed,
        stock.available AS stock_available,
        stock.held AS stock_held,
        stock.sold AS stock_sold,
        stock.revenue_minor AS stock_revenue_minor
    FROM listings l
    LEFT JOIN listing_stock stock ON stock.listing_id = l.id
    LEFT JOIN changed ON changed.listing_id = l.id
    LEFT JOIN ordered ON ordered.listing_id = l.id
)
SELECT
    id,
    format(
        'its changes and orders sum to listed %s = available %s + held %s + sold %s, revenue %s; '
        'its stock is %s = %s + %s + %s, revenue %s',
        listed, listed - held - sold, held, sold, revenue_minor,
        coalesce(stock_listed::text, 'missing'), coalesce(stock_available::text, 'missing'),
        coalesce(stock_held::text, 'missing'), coalesce(stock_sold::text, 'missing'),
        coalesce(stock_revenue_minor::text, 'missing')
    ) AS finding
FROM compared
WHERE (listed, listed - held - sold, held, sold, revenue_minor)
    IS DISTINCT FROM (stock_listed, stock_available, stock_held, stock_sold, stock_revenue_minor)
ORDER BY id";

/// Finds listings whose stock differs from what their changes and orders sum to.
pub(super) async fn check_stock(tx: &Transaction<'_>) -> Result<Vec<Discrepancy>, Error> {
    let held = states_where(OrderState::holds_units);
    let (sold, taken_back) = (states(Fulfillment::Current), states(Fulfillment::Former));
    let revenue = states_where(OrderState::is_revenue);
    let subject = |id| Subject::Listing(ListingId::from_uuid(id));
    check(
        tx,
        CHECK_STOCK,
        &[&held, &sold, &taken_back, &revenue],
        subject,
    )
    .await
}
