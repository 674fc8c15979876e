//! The consistency check behind `udam verify`: recomputes the totals of the recorded orders, and compares
//! them with the current rows.
//!
//! | Per | Compared |
//! |---|---|
//! | listing | the stock, with what was listed and ordered |
//! | account | the tab, with the unpaid orders on it |
//! | order | its token and its charge, with its state; its buyer, seller and listing |
//! | charge | the payment, with the orders that it pays for and its refunds |
//! | token | its balance and the counters of its access keys, with its calls; its terms |
//! | call | its token |

mod accounts;
mod calls;
mod charges;
mod check;
mod discrepancy;
mod listings;
mod orders;

use futures::FutureExt;
use udam_domain::StoreError;

use crate::pool::PgPool;
use crate::transaction::TxError;

pub use discrepancy::{Discrepancy, Subject};

/// Checks the whole database as of one instant, and returns every row that disagrees with others. The
/// marketplace may be running meanwhile.
///
/// # Errors
/// [`StoreError`]
pub async fn verify(pool: &PgPool) -> Result<Vec<Discrepancy>, StoreError> {
    pool.transaction(|tx| {
        async move {
            // One snapshot for all checks, without a timeout: they read whole tables.
            tx.batch_execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
                SET LOCAL statement_timeout = 0",
            )
            .await?;
            tx.plan_freely().await?;
            let mut found = listings::check_stock(tx).await?;
            found.extend(accounts::check_tabs(tx).await?);
            found.extend(orders::check_states(tx).await?);
            found.extend(orders::check_references(tx).await?);
            found.extend(charges::check_payments(tx).await?);
            found.extend(calls::check_terms(tx).await?);
            found.extend(calls::check_balances(tx).await?);
            found.extend(calls::check_keys(tx).await?);
            found.extend(calls::check_references(tx).await?);
            Ok::<_, TxError<StoreError>>(found)
        }
        .boxed()
    })
    .await
}
