use udam_domain::EditListingError;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    Change, Description, EditListing, EndpointUrl, Listing, ListingEdit, SealedKey, ServiceName,
    StockChange, UnitDescription,
};
use udam_domain::money::Money;

use super::{row, stock};
use crate::audit;
use crate::columns::Columns;
use crate::transaction::{Transaction, TxError, TxResult};

type EditResult<T> = TxResult<T, EditListingError>;

/// Changes a listing under its lock, and returns it as stored.
pub(super) async fn edit(tx: &Transaction<'_>, request: &EditListing) -> EditResult<Listing> {
    let EditListing {
        listing_id,
        edit,
        seller,
        at,
    } = request;
    lock(tx, *listing_id, seller.account_id).await?;
    if edit.stock != StockChange::Keep {
        stock::change(tx, *listing_id, edit.stock, *at).await?;
    }
    if edit.changes_terms() {
        update_terms(tx, *listing_id, edit).await?;
    }
    if edit.key.as_new().is_some() {
        audit::record(tx, AuditAction::KeyReplaced, seller, *at, listing_id.uuid()).await?;
    }
    row::read_back(tx, *listing_id).await
}

/// Locks the listing, if it is the seller's. The lock is one that foreign keys to the listing do not wait
/// for: an order that holds the stock and inserts such a row would otherwise deadlock with an edit that waits
/// for the stock.
async fn lock(tx: &Transaction<'_>, id: ListingId, seller: AccountId) -> EditResult<()> {
    const LOCK: &str = "\
-- listings::edit::lock
SELECT seller_id FROM listings WHERE id = $1 FOR NO KEY UPDATE";

    let Some(row) = tx.row(LOCK, &[&id.uuid()]).await? else {
        return Err(TxError::Abort(EditListingError::NotFound));
    };
    if row.read::<AccountId>("seller_id")? == seller {
        Ok(())
    } else {
        Err(TxError::Abort(EditListingError::NotYours))
    }
}

const UPDATE_TERMS: &str = "\
-- listings::edit::update_terms
UPDATE listings SET
    service_name = coalesce($2, service_name),
    description = CASE WHEN $3 THEN $4 ELSE description END,
    endpoint_url = CASE WHEN $5 THEN $6 ELSE endpoint_url END,
    price_minor = coalesce($7, price_minor),
    currency = coalesce($8, currency),
    unit_description = coalesce($9, unit_description),
    state = coalesce($10, state),
    sealed_key = coalesce($11, sealed_key),
    master_key_id = coalesce($12, master_key_id)
WHERE id = $1";

async fn update_terms(
    tx: &Transaction<'_>,
    id: ListingId,
    edit: &ListingEdit<SealedKey>,
) -> Result<(), tokio_postgres::Error> {
    let (sets_description, description) = nullable(&edit.description);
    let (sets_endpoint_url, endpoint_url) = nullable(&edit.endpoint_url);
    let price = edit.price_per_unit.as_new().map(|price| price.amount());
    let key = edit.key.as_new();
    tx.run(
        UPDATE_TERMS,
        &[
            &id.uuid(),
            &edit.service_name.as_new().map(ServiceName::as_str),
            &sets_description,
            &description.map(Description::as_str),
            &sets_endpoint_url,
            &endpoint_url.map(EndpointUrl::as_str),
            &price.map(Money::minor),
            &price.map(|price| price.currency().code()),
            &edit.unit_description.as_new().map(UnitDescription::as_str),
            &edit.state.as_new().map(<&str>::from),
            &key.map(|key| &key.ciphertext),
            &key.map(|key| key.key_id.as_str()),
        ],
    )
    .await
    .map(drop)
}

/// Whether a nullable column is set, and its value.
fn nullable<T>(change: &Change<Option<T>>) -> (bool, Option<&T>) {
    match change {
        Change::Keep => (false, None),
        Change::To(value) => (true, value.as_ref()),
    }
}
