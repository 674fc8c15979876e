use udam_domain::EditListingError;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{EditListing, Listing, ListingDetails, ListingState, StockChange};

use super::row::{self, detail_columns};
use super::{read_back, stock};
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
    let (details, state) = lock(tx, *listing_id, seller.account_id).await?;
    if edit.stock != StockChange::Keep {
        stock::change(tx, *listing_id, edit.stock, *at).await?;
    }
    if edit.changes_terms() {
        let edited = edit.details.clone().apply(details.clone());
        let state = edit.state.apply(state);
        row::update(tx, *listing_id, &edited, state, edit.key.as_new()).await?;
        for action in edited.audited_since(&details) {
            audit::record(tx, action, seller, *at, listing_id.uuid()).await?;
        }
    }
    if edit.key.as_new().is_some() {
        audit::record(tx, AuditAction::KeyReplaced, seller, *at, listing_id.uuid()).await?;
    }
    read_back::listing(tx, *listing_id).await
}

/// Locks the listing, if it is the seller's, and reads what an edit can change. The lock is one that foreign
/// keys to the listing do not wait for: an order that holds the stock and inserts such a row would otherwise
/// deadlock with an edit that waits for the stock.
async fn lock(
    tx: &Transaction<'_>,
    id: ListingId,
    seller: AccountId,
) -> EditResult<(ListingDetails, ListingState)> {
    const LOCK: &str = concat!(
        "-- listings::edit::lock\nSELECT seller_id, state, ",
        detail_columns!(""),
        " FROM listings WHERE id = $1 FOR NO KEY UPDATE"
    );

    let Some(row) = tx.row(LOCK, &[&id.uuid()]).await? else {
        return Err(TxError::Abort(EditListingError::NotFound));
    };
    if row.read::<AccountId>("seller_id")? == seller {
        Ok((row::details(&row)?, row.read("state")?))
    } else {
        Err(TxError::Abort(EditListingError::NotYours))
    }
}
