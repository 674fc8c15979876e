//! The stores through PgBouncer in transaction mode, whose sessions change from one transaction to the next.

use std::num::NonZeroUsize;
use std::time::Duration;

use futures::future::join_all;
use tokio::task::spawn_blocking;
use tokio_postgres::SimpleQueryMessage;
use udam_embedded_postgres::testing::{PgBouncer, shared};
use udam_postgres::{MigrateError, PgPool, PoolSettings, Pooling, migrate, pending};

use crate::harness::connect;

/// Settings for an empty database through a PgBouncer of its own, with three sessions.
async fn pooled(name: &'static str) -> (PgBouncer, PoolSettings) {
    let cluster = spawn_blocking(shared).await.unwrap().unwrap();
    cluster.create_database(name, None).await.unwrap();
    let server = cluster.url().expose().to_owned();
    let start = move || PgBouncer::start(&server, 3);
    let pgbouncer = spawn_blocking(start).await.unwrap().unwrap();
    let mut settings = PoolSettings::new(pgbouncer.url_of(name).expose());
    settings.pooling = Pooling::Transaction;
    settings.max_connections = NonZeroUsize::new(8).unwrap();
    (pgbouncer, settings)
}

#[tokio::test]
async fn servers_migrate_through_a_pooler_once_and_leave_no_lock() {
    let (_pgbouncer, settings) = pooled("pooled_migrations").await;
    let all = pending(&PgPool::connect(&settings).unwrap()).await.unwrap();
    let results = join_all((0..3).map(|_| migrate(&settings))).await;
    let applied: usize = results
        .into_iter()
        .map(|applied| applied.unwrap().len())
        .sum();
    assert_eq!(applied, all.len());
    let cluster = spawn_blocking(shared).await.unwrap().unwrap();
    let sql = connect(cluster.url_of("pooled_migrations").expose()).await;
    let left = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
        (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(sql.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_session_through_a_pooler_keeps_neither_settings_nor_statements() {
    let (_pgbouncer, settings) = pooled("pooled_sessions").await;
    migrate(&settings).await.unwrap();
    let pool = PgPool::connect(&settings).unwrap();
    for _ in 0..20 {
        assert!(pending(&pool).await.unwrap().is_empty());
    }
    let sql = connect(&settings.url).await;
    for (name, value) in [("statement_timeout", "0"), ("lock_timeout", "0")] {
        let row = sql.simple_query(&format!("SHOW {name}")).await.unwrap();
        let shown = row.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        assert_eq!(shown, Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_migration_that_waits_too_long_for_another_names_the_session() {
    let cluster = spawn_blocking(shared).await.unwrap().unwrap();
    cluster.create_database("locked", None).await.unwrap();
    let mut settings = PoolSettings::new(cluster.url_of("locked").expose());
    settings.migration_wait = Duration::from_millis(300);
    let other = connect(&settings.url).await;
    // As servers of earlier versions lock it, and as one leaves it behind in a pooler.
    let lock = "SET application_name = 'left behind'; SELECT pg_advisory_lock(x'7564616d'::bigint)";
    other.batch_execute(lock).await.unwrap();
    let pid: i32 = other
        .query_one("SELECT pg_backend_pid()", &[])
        .await
        .unwrap()
        .get(0);
    let error = migrate(&settings).await.unwrap_err();
    assert!(matches!(error, MigrateError::Locked { .. }), "{error:?}");
    let message = error.to_string();
    for part in [
        format!("pid {pid}, left behind, idle"),
        format!("SELECT pg_terminate_backend({pid})"),
    ] {
        assert!(message.contains(&part), "{message}");
    }
    drop(other);
    settings.migration_wait = Duration::from_secs(10);
    assert!(!migrate(&settings).await.unwrap().is_empty());
}
