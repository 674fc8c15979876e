use udam_domain::StoreError;
use udam_domain::id::ListingId;
use udam_domain::listing::Listing;

use super::row;
use super::sql::select_listings;
use crate::transaction::{Transaction, TxResult};

/// Reads a listing that the transaction has written.
pub(super) async fn listing<E: From<StoreError>>(
    tx: &Transaction<'_>,
    id: ListingId,
) -> TxResult<Listing, E> {
    const READ_BACK: &str = select_listings!("listings::read_back::listing", "WHERE l.id = $1");

    Ok(row::listing(&tx.one(READ_BACK, &[&id.uuid()]).await?)?)
}
