//! A marketplace that has been open for a year, in a few minutes.
//!
//! What is true of ten rows need not be true of a million: plans change, pages get deep, indexes grow.
//! [`grow`] fills a migrated database with as much as is asked for, by one statement a table instead of
//! one a row, and leaves books that balance. The same size gives the same rows every time: each comes
//! from its number by arithmetic, and the year is always 2025.
//!
//! The story is in `sql`, in the order in which [`grow`] runs it; `bulk` puts indexes and foreign keys
//! aside meanwhile. What may not live here: anything that goes through the program, which is what
//! those who need a grown database want to look at.

mod bulk;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio_postgres::Client;

/// How much of everything there is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// One in ten of them sells, and all of them buy.
    pub accounts: u32,
    /// A few sellers have most of them.
    pub listings: u32,
    /// Most are for a few listings, and most come from a few buyers.
    pub orders: u32,
}

/// How many rows have come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grown {
    /// Accounts, each with a tab and a session.
    pub accounts: u64,
    /// Listings, each with its stock.
    pub listings: u64,
    /// Orders.
    pub orders: u64,
    /// The tokens of those that were ever fulfilled.
    pub tokens: u64,
    /// Charges, of orders and of tabs.
    pub charges: u64,
    /// Refunds of paid charges.
    pub refunds: u64,
    /// How long it took, indexes and statistics included.
    pub took: Duration,
}

/// Each file makes one kind of rows, out of those before it.
const STEPS: [(&str, &str); 6] = [
    ("the arithmetic", include_str!("sql/arithmetic.sql")),
    ("accounts", include_str!("sql/accounts.sql")),
    ("listings", include_str!("sql/listings.sql")),
    ("orders", include_str!("sql/orders.sql")),
    ("charges", include_str!("sql/charges.sql")),
    ("what they come to", include_str!("sql/sums.sql")),
];

/// Fills a migrated database that has not been grown yet. What is in it stays; whoever else uses it
/// waits until this has finished. All of it happens or nothing does.
///
/// # Errors
/// When there are fewer than two accounts, or no listing, for what is to be made of them; when a
/// statement fails. The connection is of no further use then.
pub async fn grow(client: &Client, size: &Size) -> anyhow::Result<Grown> {
    ensure!(
        size.accounts >= 2 || size.listings == 0,
        "a listing needs an account that sells it and another that buys"
    );
    ensure!(
        size.listings > 0 || size.orders == 0,
        "an order needs a listing"
    );
    let began = Instant::now();
    client.batch_execute("BEGIN").await?;
    let aside = bulk::set_aside(client).await?;
    for (what, statements) in STEPS {
        client
            .batch_execute(&sized(statements, size))
            .await
            .with_context(|| format!("cannot make {what}"))?;
    }
    let counts = client.query_one(COUNTS, &[]).await?;
    client
        .batch_execute("DROP SCHEMA growth CASCADE")
        .await
        .context("cannot tidy up")?;
    aside.put_back(client).await?;
    client.batch_execute("COMMIT").await?;
    // As a database that is in use would have done by itself.
    client.batch_execute("VACUUM (ANALYZE)").await?;
    let count =
        |column| -> anyhow::Result<u64> { Ok(u64::try_from(counts.try_get::<_, i64>(column)?)?) };
    Ok(Grown {
        accounts: size.accounts.into(),
        listings: size.listings.into(),
        orders: size.orders.into(),
        tokens: count("tokens")?,
        charges: count("charges")?,
        refunds: count("refunds")?,
        took: began.elapsed(),
    })
}

const COUNTS: &str = "\
-- growth::grow
SELECT count(*) FILTER (WHERE has_token) AS tokens, count(DISTINCT charge_id) AS charges,
    count(*) FILTER (WHERE gives_back) AS refunds
FROM growth.orders";

/// Numbers cannot be parameters of several statements at once.
fn sized(statements: &str, size: &Size) -> String {
    statements
        .replace(":accounts", &size.accounts.to_string())
        .replace(":listings", &size.listings.to_string())
        .replace(":orders", &size.orders.to_string())
}
