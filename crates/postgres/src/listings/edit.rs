use udam_domain::EditListingError;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{EditListing, Listing, StockChange};

use super::row::{self, EditableRow, detail_columns};
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
    let before = lock(tx, *listing_id, seller.account_id).await?;
    if edit.stock != StockChange::Keep {
        stock::change(tx, *listing_id, edit.stock, *at).await?;
    }
    if edit.changes_terms() {
        let new_key = edit.key.as_new();
        let details = edit.details.clone().apply(before.details.clone());
        let changes = before
            .changes
            .edited(&before.details, &details, new_key.is_some(), *at);
        let audited = details.audited_since(&before.details);
        let after = EditableRow {
            details,
            state: edit.state.apply(before.state),
            changes,
        };
        row::update(tx, *listing_id, &after, new_key).await?;
        for action in audited {
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
async fn lock(tx: &Transaction<'_>, id: ListingId, seller: AccountId) -> EditResult<EditableRow> {
    const LOCK: &str = concat!(
        "-- listings::edit::lock\nSELECT seller_id, state, endpoint_changed_at, key_changed_at, ",
        detail_columns!(""),
        " FROM listings WHERE id = $1 FOR NO KEY UPDATE"
    );

    let Some(row) = tx.row(LOCK, &[&id.uuid()]).await? else {
        return Err(TxError::Abort(EditListingError::NotFound));
    };
    if row.read::<AccountId>("seller_id")? == seller {
        Ok(row::editable(&row)?)
    } else {
        Err(TxError::Abort(EditListingError::NotYours))
    }
}
