use udam_domain::EditListingError;
use udam_domain::id::ListingId;
use udam_domain::listing::StockChange;
use udam_domain::time::Timestamp;
use udam_domain::units::Stock;

use crate::columns::Columns;
use crate::transaction::{Transaction, TxError, TxResult};

/// Inserts the stock of a new listing.
pub(super) async fn insert(
    tx: &Transaction<'_>,
    id: ListingId,
    units: Stock,
    at: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    const INSERT: &str = "\
-- listings::stock::insert
INSERT INTO listing_stock (listing_id, listed, available) VALUES ($1, $2, $2)";

    let units = i64::from(units.get());
    tx.run(INSERT, &[&id.uuid(), &units]).await?;
    record_change(tx, id, units, at).await?;
    Ok(())
}

/// Lists more units, or withdraws some of those on sale, under the stock's lock.
pub(super) async fn change(
    tx: &Transaction<'_>,
    id: ListingId,
    change: StockChange,
    at: Timestamp,
) -> TxResult<(), EditListingError> {
    const LOCK: &str = "\
-- listings::stock::change, lock
SELECT listed, available FROM listing_stock WHERE listing_id = $1 FOR NO KEY UPDATE";
    const UPDATE: &str = "\
-- listings::stock::change, update
UPDATE listing_stock SET listed = listed + $2, available = available + $2 WHERE listing_id = $1";

    let row = tx.one(LOCK, &[&id.uuid()]).await?;
    let (listed, available) = (row.read("listed")?, row.read("available")?);
    let too_many = TxError::Abort(EditListingError::TooManyUnits(change));
    let delta = change.delta(listed, available).ok_or(too_many)?;
    if delta != 0 {
        tx.run(UPDATE, &[&id.uuid(), &delta]).await?;
        record_change(tx, id, delta, at).await?;
    }
    Ok(())
}

/// Records a change of `listed`, from which the consistency check recomputes it.
async fn record_change(
    tx: &Transaction<'_>,
    id: ListingId,
    units: i64,
    at: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    const RECORD: &str = "\
-- listings::stock::record_change
INSERT INTO stock_changes (listing_id, units, at) VALUES ($1, $2, $3)";

    tx.run(RECORD, &[&id.uuid(), &units, &at]).await.map(drop)
}
