//! What the names of sellers look like, which no two have alike: see [`NameSkeleton`].

use futures::FutureExt;
use udam_domain::StoreError;
use udam_domain::account::{AccountName, NameSkeleton};
use udam_domain::id::AccountId;

use crate::columns::Columns;
use crate::error::violates;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

/// Constraint by which no two sellers have the same skeleton.
const KEY: &str = "seller_names_skeleton_key";

/// Most names that are taken in one transaction after the migrations.
const BATCH: i64 = 500;

/// Whether another account has taken this skeleton.
pub(crate) async fn is_taken(
    tx: &Transaction<'_>,
    skeleton: &NameSkeleton,
    own: AccountId,
) -> Result<bool, tokio_postgres::Error> {
    const IS_TAKEN: &str = "\
-- seller_names::is_taken
SELECT account_id FROM seller_names WHERE skeleton = $1 AND account_id <> $2";

    let found = tx.row(IS_TAKEN, &[&skeleton.as_str(), &own.uuid()]).await?;
    Ok(found.is_some())
}

/// Takes this skeleton for a seller, in place of another that it has taken. Returns `false` if another account has it:
/// the transaction has failed then.
pub(crate) async fn take(
    tx: &Transaction<'_>,
    skeleton: &NameSkeleton,
    seller: AccountId,
) -> Result<bool, tokio_postgres::Error> {
    const TAKE: &str = "\
-- seller_names::take
INSERT INTO seller_names (account_id, skeleton) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET skeleton = excluded.skeleton";

    let parameters: Parameters<'_> = &[&seller.uuid(), &skeleton.as_str()];
    match tx.run(TAKE, parameters).await {
        Err(error) if violates(&error, KEY) => Ok(false),
        taken => taken.map(|_| true),
    }
}

/// Takes this skeleton for a renamed account in place of that of its old name, if it sells. Returns `false` if another
/// account has it, whether or not this one sells: the transaction is to be rolled back then.
pub(crate) async fn replace(
    tx: &Transaction<'_>,
    skeleton: &NameSkeleton,
    account: AccountId,
) -> Result<bool, tokio_postgres::Error> {
    const REPLACE: &str = "\
-- seller_names::replace
UPDATE seller_names SET skeleton = $2 WHERE account_id = $1";

    let parameters: Parameters<'_> = &[&account.uuid(), &skeleton.as_str()];
    match tx.run(REPLACE, parameters).await {
        Err(error) if violates(&error, KEY) => Ok(false),
        Ok(0) => Ok(!is_taken(tx, skeleton, account).await?),
        replaced => replaced.map(|_| true),
    }
}

/// Takes their names for sellers who have sold before the table was there. Of those whose names look alike, the oldest account
/// has its own; the others keep theirs, and are refused when they next publish. Concurrent calls wait for each other.
pub(crate) async fn take_all(pool: &PgPool) -> Result<(), StoreError> {
    const MISSING: &str = "\
-- seller_names::take_all, missing
SELECT account_id FROM seller_names WHERE skeleton IS NULL LIMIT 1";

    while pool.client().await?.row(MISSING, &[]).await?.is_some() {
        pool.transaction(|tx| take_batch(tx).boxed()).await?;
    }
    Ok(())
}

async fn take_batch(tx: &Transaction<'_>) -> TxResult<()> {
    // Who publishes or is renamed waits, so that no name is taken meanwhile.
    const LOCK: &str = "LOCK TABLE seller_names IN SHARE ROW EXCLUSIVE MODE";
    // Identifiers begin with the time at which they were drawn.
    const READ: &str = "\
-- seller_names::take_batch, read
SELECT a.id AS account_id, a.name FROM seller_names s JOIN accounts a ON a.id = s.account_id
WHERE s.skeleton IS NULL ORDER BY s.account_id LIMIT $1";
    const TAKE: &str = "\
-- seller_names::take_batch, take
UPDATE seller_names s
SET skeleton = CASE
    WHEN c.is_oldest AND NOT EXISTS (SELECT FROM seller_names o WHERE o.skeleton = c.skeleton) THEN c.skeleton
    ELSE c.nameless
END
FROM (
    SELECT *, row_number() OVER (PARTITION BY skeleton ORDER BY account_id) = 1 AS is_oldest
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (account_id, skeleton, nameless)
) AS c
WHERE s.account_id = c.account_id";

    tx.batch_execute(LOCK).await?;
    let (mut ids, mut skeletons, mut nameless) = (Vec::new(), Vec::new(), Vec::new());
    for row in tx.rows(READ, &[&BATCH]).await? {
        let id = row.read::<AccountId>("account_id")?;
        let without = NameSkeleton::of_nameless(id);
        // A name of before that is no longer valid stops no server.
        let name = row.read::<String>("name")?.parse::<AccountName>();
        let skeleton = name.map_or_else(|_invalid| without.clone(), |name| name.skeleton(id));
        ids.push(id.uuid());
        skeletons.push(skeleton.to_string());
        nameless.push(without.to_string());
    }
    tx.run(TAKE, &[&ids, &skeletons, &nameless]).await?;
    Ok(())
}
