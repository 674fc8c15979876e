use udam_domain::StoreError;
use udam_domain::money::Currency;

use crate::PgPool;
use crate::columns::Columns;

const OTHER: &str = "\
-- currency::other_currency
SELECT currency FROM (
    (SELECT currency FROM tabs WHERE currency <> $1 LIMIT 1)
    UNION ALL
    (SELECT currency FROM listings WHERE currency <> $1 LIMIT 1)
) AS other LIMIT 1";

/// A currency that something in the database is priced or owed in and that is not this one.
///
/// # Errors
/// [`StoreError`]
pub async fn other_currency(
    pool: &PgPool,
    currency: Currency,
) -> Result<Option<Currency>, StoreError> {
    let row = pool.client().await?.row(OTHER, &[&currency.code()]).await?;
    Ok(row.map(|row| row.read("currency")).transpose()?)
}
