use udam_domain::EditListingError;
use udam_domain::audit::AuditAction;
use udam_domain::gateway::{TermsVersion, VersionedTerms};
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    EditListing, Listing, ListingDetails, SealedKey, StockChange, check_callable, unchecked_key,
};
use udam_domain::time::Timestamp;

use super::row::{self, EditableRow, detail_columns};
use super::{read_back, stock};
use crate::audit;
use crate::columns::Columns;
use crate::gateway::terms;
use crate::transaction::{Transaction, TxError, TxResult};

type EditResult<T> = TxResult<T, EditListingError>;

/// Changes a listing under its lock, and returns it as stored.
pub(super) async fn edit(tx: &Transaction<'_>, request: &EditListing) -> EditResult<Listing> {
    let EditListing {
        listing_id,
        edit,
        seller,
        endpoints,
        at,
        ..
    } = request;
    let (before, stored_key) = lock(tx, *listing_id, seller.account_id).await?;
    if edit.stock != StockChange::Keep {
        stock::change(tx, *listing_id, edit.stock, *at).await?;
    }
    if edit.changes_terms() {
        let new_key = edit.key.as_new();
        let details = edit.details.clone().apply(before.details.clone());
        let changes = before
            .changes
            .edited(&before.details, &details, new_key.is_some(), *at);
        let last = terms::last_version(tx, *listing_id).await?;
        check_callable(&details, last.is_some(), *endpoints)
            .map_err(|refused| TxError::Abort(EditListingError::from(refused)))?;
        let sells_calls = details.gateway.is_some();
        if let Some(key) = unchecked_key(request, &stored_key, last.is_some(), sells_calls) {
            return Err(TxError::Abort(EditListingError::UncheckedKey(key.clone())));
        }
        let terms = if details.gateway == before.details.gateway {
            before.terms
        } else {
            insert_terms(tx, *listing_id, last, &details, *at).await?
        };
        let audited = details.audited_since(&before.details);
        let after = EditableRow {
            details,
            terms,
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

/// Inserts the gateway terms of these details, if they have any, as the version after `last`. Returns that version.
async fn insert_terms(
    tx: &Transaction<'_>,
    listing: ListingId,
    last: Option<TermsVersion>,
    details: &ListingDetails,
    at: Timestamp,
) -> Result<Option<TermsVersion>, tokio_postgres::Error> {
    let Some(terms) = details.gateway.clone() else {
        return Ok(None);
    };
    let version = last.map_or(TermsVersion::FIRST, TermsVersion::next);
    let new = VersionedTerms { version, terms };
    terms::insert(tx, listing, &new, at).await?;
    Ok(Some(version))
}

/// Locks the listing, if it is the seller's, and reads what an edit can change, and the key. The lock is one that foreign
/// keys to the listing do not wait for: an order that holds the stock and inserts such a row would otherwise
/// deadlock with an edit that waits for the stock.
async fn lock(
    tx: &Transaction<'_>,
    id: ListingId,
    seller: AccountId,
) -> EditResult<(EditableRow, SealedKey)> {
    const LOCK: &str = concat!(
        "-- listings::edit::lock\nSELECT seller_id, state, endpoint_changed_at, key_changed_at, \
         sealed_key, master_key_id, ",
        detail_columns!(""),
        " FROM listings WHERE id = $1 FOR NO KEY UPDATE"
    );

    let Some(row) = tx.row(LOCK, &[&id.uuid()]).await? else {
        return Err(TxError::Abort(EditListingError::NotFound));
    };
    if row.read::<AccountId>("seller_id")? != seller {
        return Err(TxError::Abort(EditListingError::NotYours));
    }
    let version: Option<TermsVersion> = row.read("terms_version")?;
    let gateway = match version {
        Some(version) => Some(terms::read(tx, id, version).await?),
        None => None,
    };
    Ok((row::editable(&row, gateway)?, row::sealed_key(&row)?))
}
