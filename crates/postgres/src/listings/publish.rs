use udam_domain::StoreError;
use udam_domain::audit::AuditAction;
use udam_domain::listing::{Listing, NewListing};

use super::{read_back, row, stock};
use crate::audit;
use crate::transaction::{Transaction, TxResult};

/// Inserts a listing with its stock and its audit record, and returns it as stored.
pub(super) async fn publish(
    tx: &Transaction<'_>,
    new: &NewListing,
) -> TxResult<Listing, StoreError> {
    row::insert(tx, new).await?;
    stock::insert(tx, new.id, new.units, new.listed_at).await?;
    let (action, subject) = (AuditAction::ListingPublished, new.id.uuid());
    audit::record(tx, action, &new.seller, new.listed_at, subject).await?;
    read_back::listing(tx, new.id).await
}
