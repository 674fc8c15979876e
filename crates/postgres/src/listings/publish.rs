use udam_domain::StoreError;
use udam_domain::listing::{Listing, NewListing};

use super::{read_back, row, stock};
use crate::transaction::{Transaction, TxResult};

/// Inserts a listing with its stock, and returns it as stored.
pub(super) async fn publish(
    tx: &Transaction<'_>,
    new: &NewListing,
) -> TxResult<Listing, StoreError> {
    row::insert(tx, new).await?;
    stock::insert(tx, new.id, new.units, new.listed_at).await?;
    read_back::listing(tx, new.id).await
}
