use udam_domain::StoreError;
use udam_domain::id::ListingId;
use udam_domain::listing::{Description, EndpointUrl, Listing, ListingState, NewListing};
use udam_domain::time::Timestamp;

use super::row;
use crate::transaction::{Transaction, TxError};

pub(super) async fn publish(
    tx: &Transaction<'_>,
    new: &NewListing,
) -> Result<Listing, TxError<StoreError>> {
    const INSERT_STOCK: &str = "\
-- listings::publish, its stock
INSERT INTO listing_stock (listing_id, listed, available) VALUES ($1, $2, $2)";

    let units = i64::from(new.units.get());
    insert(tx, new).await?;
    tx.run(INSERT_STOCK, &[&new.id.uuid(), &units]).await?;
    record_stock_change(tx, new.id, units, new.listed_at).await?;
    as_it_is(tx, new.id).await
}

async fn insert(tx: &Transaction<'_>, new: &NewListing) -> Result<(), tokio_postgres::Error> {
    const INSERT: &str = "\
-- listings::publish
INSERT INTO listings
    (id, seller_id, service_name, description, endpoint_url, price_minor, currency,
    unit_description, state, sealed_key, master_key_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    let details = &new.details;
    let price = details.price_per_unit.amount();
    tx.run(
        INSERT,
        &[
            &new.id.uuid(),
            &new.seller_id.uuid(),
            &details.service_name.as_str(),
            &details.description.as_ref().map(Description::as_str),
            &details.endpoint_url.as_ref().map(EndpointUrl::as_str),
            &price.minor(),
            &price.currency().code(),
            &details.unit_description.as_str(),
            &ListingState::Active.as_str(),
            &new.sealed_key.ciphertext,
            &new.sealed_key.key_id.as_str(),
            &new.listed_at,
        ],
    )
    .await
    .map(drop)
}

/// Keeps the reason why `listed` is what it is.
pub(super) async fn record_stock_change(
    tx: &Transaction<'_>,
    listing: ListingId,
    units: i64,
    at: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    const RECORD: &str = "\
-- listings::record_stock_change
INSERT INTO stock_changes (listing_id, units, at) VALUES ($1, $2, $3)";

    tx.run(RECORD, &[&listing.uuid(), &units, &at])
        .await
        .map(drop)
}

/// The listing as this transaction has made it.
pub(super) async fn as_it_is<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ListingId,
) -> Result<Listing, TxError<E>> {
    const AS_IT_IS: &str = concat!(
        "-- listings::as_it_is\nSELECT ",
        include_str!("columns.sql"),
        "WHERE l.id = $1"
    );

    let statement = tx.prepare_cached(AS_IT_IS).await?;
    Ok(row::listing(
        &tx.query_one(&statement, &[&id.uuid()]).await?,
    )?)
}
