//! A database for each test, and SQL access to it beside the stores.

use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio_postgres::types::{FromSqlOwned, ToSql};
use tokio_postgres::{Client, NoTls};
use udam_domain::audit::AuditAction;
use udam_domain::money::Currency;
use udam_embedded_postgres::testing::{TemplateDatabase, TestDatabase};
use udam_postgres::{
    PgAccountStore, PgListingStore, PgPool, PgSealedKeyStore, PgSessionStore, PgTokenStore,
    PoolSettings, migrate,
};

/// Migrated database of one test, with a connection pool and the stores over it.
pub(crate) struct Database {
    // Fields are dropped in this order: the connections before their database.
    pub(crate) pool: PgPool,
    pub(crate) sql: Client,
    own: TestDatabase,
}

impl Database {
    pub(crate) async fn fresh() -> Self {
        Self::with(|_| {}).await
    }

    /// As [`fresh`](Self::fresh), with other settings for the pool.
    pub(crate) async fn with(change: impl FnOnce(&mut PoolSettings)) -> Self {
        static TEMPLATE: OnceCell<TemplateDatabase> = OnceCell::const_new();

        let prepare = || {
            TemplateDatabase::prepare(|url| async move {
                migrate(&PoolSettings::new(url.expose())).await.map(drop)
            })
        };
        let database = TEMPLATE
            .get_or_try_init(prepare)
            .await
            .unwrap()
            .fresh()
            .await
            .unwrap();
        let mut settings = PoolSettings::new(database.url().expose());
        change(&mut settings);
        let pool = PgPool::connect(&settings).unwrap();
        let sql = connect(database.url().expose()).await;
        Self {
            pool,
            sql,
            own: database,
        }
    }

    /// A pool of one connection, so that each use must leave it clean for the next.
    pub(crate) async fn with_one_connection() -> Self {
        Self::with(|settings| {
            settings.max_connections = NonZeroUsize::MIN;
            settings.wait_timeout = Duration::from_secs(10);
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        self.own.url().expose().to_owned()
    }

    /// Another client's connection to the database.
    pub(crate) async fn beside(&self) -> Client {
        connect(&self.url()).await
    }

    pub(crate) fn accounts(&self) -> PgAccountStore {
        PgAccountStore::new(self.pool.clone(), Currency::USD)
    }

    pub(crate) fn sessions(&self) -> PgSessionStore {
        PgSessionStore::new(self.pool.clone())
    }

    pub(crate) fn listings(&self) -> PgListingStore {
        PgListingStore::new(self.pool.clone())
    }

    pub(crate) fn sealed_keys(&self) -> PgSealedKeyStore {
        PgSealedKeyStore::new(self.pool.clone())
    }

    pub(crate) fn tokens(&self) -> PgTokenStore {
        PgTokenStore::new(self.pool.clone())
    }

    /// Returns the single value of a statement without parameters.
    pub(crate) async fn value<T: FromSqlOwned>(&self, statement: &str) -> T {
        self.sql.query_one(statement, &[]).await.unwrap().get(0)
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        self.value(&format!("SELECT count(*) FROM {table}")).await
    }

    pub(crate) async fn run(&self, statement: &str, parameters: &[&(dyn ToSql + Sync)]) -> u64 {
        self.sql.execute(statement, parameters).await.unwrap()
    }

    /// Actions of all audit events, oldest first.
    pub(crate) async fn audited(&self) -> Vec<String> {
        let rows = self
            .sql
            .query("SELECT action FROM audit_events ORDER BY id", &[])
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Makes every audit event of this action violate a constraint.
    pub(crate) async fn fail_audit(&self, action: AuditAction) {
        let refuse = format!(
            "ALTER TABLE audit_events ADD CONSTRAINT refused CHECK (action <> '{action}') NOT VALID"
        );
        self.sql.batch_execute(&refuse).await.unwrap();
    }

    /// Waits until `count` sessions of the stores wait for a lock.
    pub(crate) async fn until_waiting(&self, count: i64) {
        const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";

        self.until(WAITING, count).await;
    }

    /// Polls the statement until it returns this number; panics after ten seconds.
    pub(crate) async fn until(&self, statement: &str, wanted: i64) {
        for _ in 0..1_000 {
            if self.value::<i64>(statement).await == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("`{statement}` did not return {wanted} in time");
    }
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
