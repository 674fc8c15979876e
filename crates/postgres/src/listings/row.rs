use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::ListingId;
use udam_domain::listing::{Listing, ListingDetails, OwnListing, Seller};

use super::sql::select_listings;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxResult};

/// Reads a row of [`listing_columns`](super::sql::listing_columns).
pub(super) fn listing(row: &Row) -> Result<Listing, Unreadable> {
    Ok(Listing {
        id: row.read("id")?,
        seller: Seller {
            id: row.read("seller_id")?,
            name: row.read("seller_name")?,
        },
        details: ListingDetails {
            service_name: row.read("service_name")?,
            description: row.read("description")?,
            endpoint_url: row.read("endpoint_url")?,
            price_per_unit: row.read_price("price_minor")?,
            unit_description: row.read("unit_description")?,
        },
        available: row.read("available")?,
        state: row.read("state")?,
        created_at: row.read("created_at")?,
    })
}

/// As [`listing`], with the columns that only the seller sees.
pub(super) fn own_listing(row: &Row) -> Result<OwnListing, Unreadable> {
    Ok(OwnListing {
        listing: listing(row)?,
        units_sold: row.read("sold")?,
        revenue: row.read_money("revenue_minor")?,
    })
}

/// Reads a listing that the transaction has written.
pub(super) async fn read_back<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ListingId,
) -> TxResult<Listing, E> {
    const READ_BACK: &str = select_listings!("listings::row::read_back", "WHERE l.id = $1");

    let statement = tx.prepare_cached(READ_BACK).await?;
    Ok(listing(&tx.query_one(&statement, &[&id.uuid()]).await?)?)
}
