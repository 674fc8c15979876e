use std::error::Error;

use futures::future::join_all;
use udam_domain::StoreError;
use udam_embedded_postgres::testing::shared;
use udam_postgres::{MigrateError, PgPool, PoolSettings, migrate, pending};

use crate::harness::{Database, connect};

/// An empty database, which goes away with the cluster.
async fn empty(name: &str) -> PoolSettings {
    let cluster = tokio::task::spawn_blocking(shared).await.unwrap().unwrap();
    cluster.create_database(name, None).await.unwrap();
    PoolSettings::new(cluster.url_of(name).expose())
}

async fn pending_in(settings: &PoolSettings) -> Vec<String> {
    pending(&PgPool::connect(settings).unwrap()).await.unwrap()
}

#[tokio::test]
async fn servers_that_start_at_once_apply_each_migration_once() {
    let settings = empty("migrated_at_once").await;
    let embedded = pending_in(&settings).await;
    assert_eq!(embedded.first().unwrap(), "V1__accounts");
    let results = join_all((0..8).map(|_| migrate(&settings))).await;

    let applied = results.into_iter().flat_map(Result::unwrap);
    let applied: Vec<String> = applied.map(|migration| migration.to_string()).collect();
    assert_eq!(applied, embedded);
    assert!(pending_in(&settings).await.is_empty());
}

#[tokio::test]
async fn a_migrated_database_has_nothing_pending() {
    let database = Database::fresh().await;
    assert!(pending(&database.pool).await.unwrap().is_empty());
    assert_eq!(
        migrate(&PoolSettings::new(database.url())).await.unwrap(),
        []
    );
}

#[tokio::test]
async fn an_older_server_runs_on_a_newer_schema() {
    let database = Database::fresh().await;
    database
        .run(
            "INSERT INTO refinery_schema_history \
            VALUES (9000, 'from_the_future', '2030-01-01T00:00:00Z', '1')",
            &[],
        )
        .await;
    assert_eq!(
        migrate(&PoolSettings::new(database.url())).await.unwrap(),
        []
    );
    assert!(pending(&database.pool).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_history_with_other_checksums_is_refused() {
    let database = Database::fresh().await;
    database
        .run(
            "UPDATE refinery_schema_history SET checksum = '7' WHERE version = 2",
            &[],
        )
        .await;
    let error = migrate(&PoolSettings::new(database.url()))
        .await
        .unwrap_err();

    assert!(matches!(error, MigrateError::Divergent { .. }));
    assert!(error.to_string().contains("V2__listings"), "{error}");
    assert_eq!(pending(&database.pool).await.unwrap(), ["V2__listings"]);
}

#[tokio::test]
async fn a_migration_older_than_the_last_applied_one_is_refused() {
    let database = Database::fresh().await;
    database
        .run("DELETE FROM refinery_schema_history WHERE version = 2", &[])
        .await;
    let error = migrate(&PoolSettings::new(database.url()))
        .await
        .unwrap_err();
    let MigrateError::OutOfOrder { migrations } = error else {
        panic!("{error}")
    };
    assert_eq!(migrations, ["V2__listings"]);
}

#[tokio::test]
async fn a_failed_migration_is_rolled_back() {
    let settings = empty("half_migrated").await;
    let sql = connect(&settings.url).await;
    sql.batch_execute("CREATE TABLE tokens ()").await.unwrap();
    let error = migrate(&settings).await.unwrap_err();

    assert_eq!(error.to_string(), "error applying migration V3__orders");
    let source = error.source().unwrap().to_string();
    assert_eq!(source, "sqlstate 42P07: relation \"tokens\" already exists");
    let pending = pending_in(&settings).await;
    assert_eq!(pending.first().unwrap(), "V3__orders");
    let orders: bool = sql
        .query_one("SELECT to_regclass('orders') IS NOT NULL", &[])
        .await
        .unwrap()
        .get(0);
    assert!(!orders);
    sql.batch_execute("DROP TABLE tokens").await.unwrap();
    assert_eq!(migrate(&settings).await.unwrap().len(), pending.len());
}

#[tokio::test]
async fn a_migration_gives_up_waiting_for_a_locked_table() {
    let mut settings = empty("busy").await;
    settings.lock_timeout = std::time::Duration::from_millis(100);
    let sql = connect(&settings.url).await;
    let busy = "CREATE TABLE refinery_schema_history (version int4 PRIMARY KEY, name text, \
        applied_on text, checksum text); BEGIN; LOCK refinery_schema_history";
    sql.batch_execute(busy).await.unwrap();
    assert!(matches!(
        migrate(&settings).await,
        Err(MigrateError::Failed { .. })
    ));
}

#[tokio::test]
async fn a_missing_database_is_unreachable() {
    let nowhere = PoolSettings::new("postgres://udam:pw@127.0.0.1:1/udam");
    let result = migrate(&nowhere).await;
    assert!(matches!(
        result,
        Err(MigrateError::Unavailable(StoreError::Unreachable(_)))
    ));
    let result = pending(&PgPool::connect(&nowhere).unwrap()).await;
    assert!(matches!(result, Err(StoreError::Unreachable(_))));
}
