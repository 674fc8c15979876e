use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::id::ListingId;
use udam_domain::listing::{Listing, ListingDetails, OwnListing, Seller};

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxError};

/// The listing in a row of the columns that `columns.sql` names.
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

/// The same with what only its seller sees.
pub(super) fn own_listing(row: &Row) -> Result<OwnListing, Unreadable> {
    Ok(OwnListing {
        listing: listing(row)?,
        units_sold: row.read("sold")?,
        revenue: row.read_money("revenue_minor")?,
    })
}

/// The listing as this transaction has made it.
pub(super) async fn as_it_is<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ListingId,
) -> Result<Listing, TxError<E>> {
    const AS_IT_IS: &str = concat!(
        "-- listings::row::as_it_is\nSELECT ",
        include_str!("columns.sql"),
        "FROM listings l",
        include_str!("joins.sql"),
        "WHERE l.id = $1"
    );

    let statement = tx.prepare_cached(AS_IT_IS).await?;
    Ok(listing(&tx.query_one(&statement, &[&id.uuid()]).await?)?)
}
