use udam_domain::listing::{Description, EndpointUrl, Listing, NewListing};

use super::{row, stock};
use crate::transaction::{Transaction, TxResult};

/// Inserts a listing with its stock, and returns it as stored.
pub(super) async fn publish(tx: &Transaction<'_>, new: &NewListing) -> TxResult<Listing> {
    insert(tx, new).await?;
    stock::insert(tx, new.id, new.units, new.listed_at).await?;
    row::read_back(tx, new.id).await
}

async fn insert(tx: &Transaction<'_>, new: &NewListing) -> Result<(), tokio_postgres::Error> {
    const INSERT: &str = "\
-- listings::publish::insert
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
            &<&str>::from(NewListing::STATE),
            &new.sealed_key.ciphertext,
            &new.sealed_key.key_id.as_str(),
            &new.listed_at,
        ],
    )
    .await
    .map(drop)
}
