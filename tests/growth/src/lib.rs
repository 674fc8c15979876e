//! Fills a database with the rows of a marketplace that has been open for a year, in a few minutes.
//!
//! What holds for ten rows need not hold for a million: plans change, pages get deep, indexes grow.
//! [`grow`] fills a migrated database to the size asked for, with one statement a table instead of one a
//! row, and leaves it consistent: `udam verify` finds nothing. The same size gives the same rows every
//! time: each is computed from its number, and the year is always 2025.
//!
//! `sql` holds the statements, which [`grow`] runs in the order of its steps; `indexes` drops indexes and
//! foreign keys meanwhile, and creates them again. What may not live here: anything that goes through the
//! program, which is what a grown database is for measuring.

mod indexes;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio_postgres::Client;

/// Number of rows to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Accounts. One in ten sells, and all of them buy.
    pub accounts: u32,
    /// Listings. A few sellers have most of them.
    pub listings: u32,
    /// Orders. Most are for a few listings, and most come from a few buyers.
    pub orders: u32,
}

/// Number of rows made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrownRows {
    /// Accounts, each with a tab and a session.
    pub accounts: u64,
    /// Listings, each with its stock.
    pub listings: u64,
    /// Orders.
    pub orders: u64,
    /// Tokens, one for each order that was ever fulfilled.
    pub tokens: u64,
    /// Charges, of orders and of tabs.
    pub charges: u64,
    /// Refunds of paid charges.
    pub refunds: u64,
    /// Time it took, with indexes and statistics.
    pub took: Duration,
}

/// Name and statements of each step, which builds on those before it.
const STEPS: [(&str, &str); 7] = [
    ("functions", include_str!("sql/functions.sql")),
    ("accounts", include_str!("sql/accounts.sql")),
    ("listings", include_str!("sql/listings.sql")),
    ("orders", include_str!("sql/orders.sql")),
    ("charges", include_str!("sql/charges.sql")),
    ("stock and tabs", include_str!("sql/totals.sql")),
    ("calls", include_str!("sql/calls.sql")),
];

/// Fills a migrated database that has not been grown yet, in one transaction. Rows that are there already
/// stay; other clients wait until it has finished.
///
/// # Errors
/// If the size has listings but fewer than two accounts, or orders but no listing; if a statement fails.
/// The connection cannot be used any more then.
pub async fn grow(client: &Client, size: &Size) -> anyhow::Result<GrownRows> {
    ensure!(
        size.accounts >= 2 || size.listings == 0,
        "a listing needs an account that sells it and another that buys"
    );
    ensure!(
        size.listings > 0 || size.orders == 0,
        "an order needs a listing"
    );
    let started = Instant::now();
    client.batch_execute("BEGIN").await?;
    let dropped = indexes::drop_all(client).await?;
    for (step, statements) in STEPS {
        client
            .batch_execute(&sized(statements, size))
            .await
            .with_context(|| format!("making {step}"))?;
    }
    let counts = client.query_one(COUNTS, &[]).await?;
    client
        .batch_execute("DROP SCHEMA growth CASCADE")
        .await
        .context("dropping the schema `growth`")?;
    dropped.restore(client).await?;
    client.batch_execute("COMMIT").await?;
    // Autovacuum would have done so in a database that is in use.
    client.batch_execute("VACUUM (ANALYZE)").await?;
    let count =
        |column| -> anyhow::Result<u64> { Ok(u64::try_from(counts.try_get::<_, i64>(column)?)?) };
    Ok(GrownRows {
        accounts: size.accounts.into(),
        listings: size.listings.into(),
        orders: size.orders.into(),
        tokens: count("tokens")?,
        charges: count("charges")?,
        refunds: count("refunds")?,
        took: started.elapsed(),
    })
}

const COUNTS: &str = "\
-- growth::grow
SELECT count(*) FILTER (WHERE has_token) AS tokens, count(DISTINCT charge_id) AS charges,
    count(*) FILTER (WHERE has_refund) AS refunds
FROM growth.orders";

/// Replaces the placeholders of the size: a batch of statements takes no parameters.
fn sized(statements: &str, size: &Size) -> String {
    statements
        .replace(":accounts", &size.accounts.to_string())
        .replace(":listings", &size.listings.to_string())
        .replace(":orders", &size.orders.to_string())
}
