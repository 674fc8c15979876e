use std::collections::BTreeMap;

use udam_domain::id::ListingId;
use udam_domain::order::StockDelta;
use uuid::Uuid;

use crate::transaction::{Parameters, Transaction};

/// The statement that adds changes to stocks. Its argument is the list of arrays that they are in.
macro_rules! update_stock {
    ($arrays:literal) => {
        concat!(
            "\
UPDATE listing_stock AS stock
SET
    available = stock.available + change.available,
    held = stock.held + change.held,
    sold = stock.sold + change.sold,
    revenue_minor = stock.revenue_minor + change.revenue_minor
FROM unnest(",
            $arrays,
            ") AS change (listing_id, available, held, sold, revenue_minor)
WHERE stock.listing_id = change.listing_id"
        )
    };
}
pub(super) use update_stock;

const MOVE_STOCK: &str = concat!(
    "-- orders::move_stock::move_stock\n",
    update_stock!("$1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]")
);

/// Changes of stocks as the arrays that [`update_stock`] takes, in the order of the listings' ids.
pub(super) struct StockArrays {
    pub(super) listings: Vec<Uuid>,
    pub(super) available: Vec<i64>,
    pub(super) held: Vec<i64>,
    pub(super) sold: Vec<i64>,
    pub(super) revenue_minor: Vec<i64>,
}

impl StockArrays {
    /// Adds up the changes of each listing.
    pub(super) fn sum(changes: impl IntoIterator<Item = (ListingId, StockDelta)>) -> Self {
        let mut sums: BTreeMap<ListingId, StockDelta> = BTreeMap::new();
        for (listing, change) in changes {
            let sum = sums.entry(listing).or_default();
            *sum = sum.plus(change);
        }
        let array = |of: fn(&StockDelta) -> i64| sums.values().map(of).collect();
        Self {
            listings: sums.keys().map(|id| id.uuid()).collect(),
            available: array(|sum| sum.available),
            held: array(|sum| sum.held),
            sold: array(|sum| sum.sold),
            revenue_minor: array(|sum| sum.revenue_minor),
        }
    }
}

/// Adds changes to the stocks of listings, whose locks the transaction holds.
pub(super) async fn move_stock(
    tx: &Transaction<'_>,
    changes: impl IntoIterator<Item = (ListingId, StockDelta)>,
) -> Result<(), tokio_postgres::Error> {
    let arrays = StockArrays::sum(changes);
    if arrays.listings.is_empty() {
        return Ok(());
    }
    let parameters: Parameters<'_> = &[
        &arrays.listings,
        &arrays.available,
        &arrays.held,
        &arrays.sold,
        &arrays.revenue_minor,
    ];
    tx.run(MOVE_STOCK, parameters).await.map(drop)
}
