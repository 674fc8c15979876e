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
use crate::transaction::{Transaction, TxError};

type Edited<T> = Result<T, TxError<EditListingError>>;

pub(super) async fn edit(tx: &Transaction<'_>, request: &EditListing) -> Edited<Listing> {
    let EditListing {
        listing_id,
        edit,
        seller,
    } = request;
    lock(tx, *listing_id, seller.account_id).await?;
    if edit.stock != StockChange::Keep {
        stock::change(tx, *listing_id, edit.stock, seller.at).await?;
    }
    if changes_terms(edit) {
        rewrite(tx, *listing_id, edit).await?;
    }
    if edit.key.as_new().is_some() {
        audit::record(tx, AuditAction::KeyReplaced, seller, listing_id.uuid()).await?;
    }
    row::as_it_is(tx, *listing_id).await
}

/// Locks the listing for its seller. Orders refer to it meanwhile: the lock must not be one that
/// keeps foreign keys waiting, or an order that holds the stock and an edit that wants it would wait
/// for each other.
async fn lock(tx: &Transaction<'_>, id: ListingId, seller: AccountId) -> Edited<()> {
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

fn changes_terms<K>(edit: &ListingEdit<K>) -> bool {
    edit.service_name.as_new().is_some()
        || edit.description.as_new().is_some()
        || edit.endpoint_url.as_new().is_some()
        || edit.price_per_unit.as_new().is_some()
        || edit.unit_description.as_new().is_some()
        || edit.state.as_new().is_some()
        || edit.key.as_new().is_some()
}

async fn rewrite(
    tx: &Transaction<'_>,
    id: ListingId,
    edit: &ListingEdit<SealedKey>,
) -> Result<(), tokio_postgres::Error> {
    let (describes, description) = may_clear(&edit.description);
    let (points, endpoint_url) = may_clear(&edit.endpoint_url);
    let price = edit.price_per_unit.as_new().map(|price| price.amount());
    let key = edit.key.as_new();
    tx.run(
        include_str!("edit.sql"),
        &[
            &id.uuid(),
            &edit.service_name.as_new().map(ServiceName::as_str),
            &describes,
            &description.map(Description::as_str),
            &points,
            &endpoint_url.map(EndpointUrl::as_str),
            &price.map(Money::minor),
            &price.map(|price| price.currency().code()),
            &edit.unit_description.as_new().map(UnitDescription::as_str),
            &edit.state.as_new().map(|state| state.as_str()),
            &key.map(|key| &key.ciphertext),
            &key.map(|key| key.key_id.as_str()),
        ],
    )
    .await
    .map(drop)
}

/// Whether a field that may be empty changes, and to what.
fn may_clear<T>(change: &Change<Option<T>>) -> (bool, Option<&T>) {
    match change {
        Change::Keep => (false, None),
        Change::To(value) => (true, value.as_ref()),
    }
}
