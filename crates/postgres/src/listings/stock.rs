use udam_domain::id::ListingId;
use udam_domain::listing::StockChange;
use udam_domain::time::Timestamp;
use udam_domain::units::Stock;
use udam_domain::{EditListingError, StoreError};

use crate::columns::Columns;
use crate::transaction::{Transaction, TxError};

/// The first units of a listing.
pub(super) async fn open(
    tx: &Transaction<'_>,
    id: ListingId,
    units: Stock,
    at: Timestamp,
) -> Result<(), TxError<StoreError>> {
    const OPEN: &str = "\
-- listings::stock::open
INSERT INTO listing_stock (listing_id, listed, available) VALUES ($1, $2, $2)";

    let units = i64::from(units.get());
    tx.run(OPEN, &[&id.uuid(), &units]).await?;
    record_change(tx, id, units, at).await?;
    Ok(())
}

/// Adds units, or withdraws some that are for sale.
pub(super) async fn change(
    tx: &Transaction<'_>,
    id: ListingId,
    change: StockChange,
    at: Timestamp,
) -> Result<(), TxError<EditListingError>> {
    const LOCK: &str = "\
-- listings::stock::change, under its lock
SELECT listed, available FROM listing_stock WHERE listing_id = $1 FOR NO KEY UPDATE";
    const CHANGE: &str = "\
-- listings::stock::change, by so much
UPDATE listing_stock SET listed = listed + $2, available = available + $2 WHERE listing_id = $1";

    let statement = tx.prepare_cached(LOCK).await?;
    let row = tx.query_one(&statement, &[&id.uuid()]).await?;
    let (listed, available) = (row.read::<i64>("listed")?, row.read::<i64>("available")?);
    let units = match change {
        StockChange::Keep => 0,
        StockChange::Add(more) => i64::from(more.get()),
        StockChange::Set(wanted) => i64::from(wanted.get()) - available,
    };
    // Held and sold units may come back one day, and must find room then.
    if units > 0 && listed + units > i64::from(Stock::MAX.get()) {
        return Err(TxError::Abort(EditListingError::TooManyUnits(change)));
    }
    if units != 0 {
        tx.run(CHANGE, &[&id.uuid(), &units]).await?;
        record_change(tx, id, units, at).await?;
    }
    Ok(())
}

/// Keeps the reason why `listed` is what it is.
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
