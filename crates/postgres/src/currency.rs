use udam_domain::StoreError;
use udam_domain::money::Currency;

use crate::columns::Columns;
use crate::pool::PgPool;

const OTHER_CURRENCY: &str = "\
-- currency::other_currency
SELECT currency FROM (
    (SELECT currency FROM tabs WHERE currency <> $1 LIMIT 1)
    UNION ALL
    (SELECT currency FROM listings WHERE currency <> $1 LIMIT 1)
) AS other LIMIT 1";

/// Returns a currency other than `currency` that a tab or a listing in the database is in, if there is one.
///
/// # Errors
/// [`StoreError`]
pub async fn other_currency(
    pool: &PgPool,
    currency: Currency,
) -> Result<Option<Currency>, StoreError> {
    let row = pool
        .client()
        .await?
        .row(OTHER_CURRENCY, &[&currency.code()])
        .await?;
    Ok(row.map(|row| row.read("currency")).transpose()?)
}
