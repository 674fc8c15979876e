use std::num::NonZeroUsize;

use futures::FutureExt;
use tokio::task::spawn_blocking;
use udam_embedded_postgres::testing::shared;

use super::*;
use crate::{PgPool, PoolSettings};

/// A pool of one connection, which every transaction therefore takes over from the one before.
async fn pool() -> PgPool {
    let cluster = spawn_blocking(shared).await.unwrap().unwrap();
    let mut settings = PoolSettings::new(cluster.url().expose());
    settings.max_connections = NonZeroUsize::MIN;
    PgPool::connect(&settings).unwrap()
}

async fn one_plus(pool: &PgPool, number: &i32) -> Result<i32, StoreError> {
    pool.transaction(|tx| add(tx, number).boxed()).await
}

async fn add(tx: &Transaction<'_>, number: &i32) -> TxResult<i32> {
    let row = tx.row("SELECT 1 + $1::int4", &[number]).await?;
    Ok(row.map(|row| row.get(0)).unwrap_or_default())
}

#[tokio::test]
async fn a_body_borrows_what_it_needs() {
    let pool = pool().await;
    let number = Box::new(2);
    assert_eq!(one_plus(&pool, &number).await.unwrap(), 3);
    assert_eq!(pool.status().available, 1);
}

#[tokio::test]
async fn a_body_that_ignores_a_failed_statement_is_not_committed() {
    let pool = pool().await;
    let committing = pool.transaction(|tx| {
        async move {
            let _ignored = tx.batch_execute("SELECT 1 / 0").await;
            Ok::<_, TxError<StoreError>>(())
        }
        .boxed()
    });
    assert!(matches!(committing.await, Err(StoreError::Failed(_))));
    assert_eq!(one_plus(&pool, &3).await.unwrap(), 4);
}

async fn panic_midway(tx: &Transaction<'_>) -> TxResult<()> {
    tx.batch_execute("SELECT 1").await?;
    panic!("midway")
}

#[tokio::test]
async fn a_body_that_panics_closes_its_connection() {
    let pool = pool().await;
    let panicking = pool.clone();
    let task =
        tokio::spawn(async move { panicking.transaction(|tx| panic_midway(tx).boxed()).await });
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(pool.status().size, 0);
    assert_eq!(one_plus(&pool, &4).await.unwrap(), 5);
}

#[test]
fn backoff_grows_and_stays_short() {
    for (attempt, ceiling) in [(1, 5), (2, 10), (4, 40), (40, 5_120)] {
        assert!(backoff(attempt) < Duration::from_millis(ceiling));
    }
}
