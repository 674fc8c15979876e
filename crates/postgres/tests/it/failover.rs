//! A primary that turns read-only, shuts down or fills its disk.

use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::spawn_blocking;
use tokio_postgres::Client;
use udam_domain::account::NewSession;
use udam_domain::{AccountStore, SessionStore, StoreError};
use udam_embedded_postgres::{Cluster, Settings};
use udam_postgres::{DatabaseState, PgPool, PgSessionStore, PoolSettings, migrate, state};

use crate::fixtures::{hash, new_account, new_session, start};
use crate::harness::{Database, connect};

/// A migrated database in a cluster of its own, with one account.
struct Node {
    cluster: Cluster,
    sql: Client,
}

impl Node {
    async fn start() -> Self {
        let start = || Cluster::temporary(&Settings::default());
        let cluster = spawn_blocking(start).await.unwrap().unwrap();
        migrate(&PoolSettings::new(cluster.url().expose()))
            .await
            .unwrap();
        let sql = connect(cluster.url().expose()).await;
        Self { cluster, sql }
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.cluster.port())
    }

    /// Makes every transaction that begins from now on read-only, in open sessions as well, or lifts that.
    async fn set_read_only(&self, on: bool) {
        let value = if on { "on" } else { "off" };
        for statement in [
            "SET default_transaction_read_only = off",
            &format!("ALTER SYSTEM SET default_transaction_read_only = {value}"),
            "SELECT pg_reload_conf()",
        ] {
            self.sql.batch_execute(statement).await.unwrap();
        }
        // Each backend reads the file when it is told, a moment later.
        let fresh = connect(self.cluster.url().expose()).await;
        for _ in 0..500 {
            let row = fresh
                .query_one("SHOW default_transaction_read_only", &[])
                .await
                .unwrap();
            if row.get::<_, String>(0) == value {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("default_transaction_read_only did not change in time");
    }
}

/// Registers an account and returns a session of it that is to be opened.
async fn session(pool: &PgPool) -> NewSession {
    let account = new_account();
    let session = new_session(account.account.id, start());
    let currency = udam_domain::money::Currency::USD;
    udam_postgres::PgAccountStore::new(pool.clone(), currency)
        .register(account, None)
        .await
        .unwrap();
    session
}

#[tokio::test]
async fn after_a_failover_the_pool_finds_the_new_primary() {
    let (old, new) = (Node::start().await, Node::start().await);
    // The new primary is a copy: same role and password, same rows.
    let url = old.cluster.url().expose().to_owned();
    let password = url.split(['@', ':']).nth(2).unwrap();
    let set_password = format!("ALTER ROLE CURRENT_USER PASSWORD '{password}'");
    new.sql.batch_execute(&set_password).await.unwrap();
    let both = format!("{},{}", old.address(), new.address());
    let pool = PgPool::connect(&PoolSettings::new(url.replace(&old.address(), &both))).unwrap();
    let first = session(&pool).await;
    let copy = "INSERT INTO accounts SELECT * FROM json_populate_recordset(NULL::accounts, $1::text::json)";
    let rows: String = old
        .sql
        .query_one("SELECT json_agg(accounts)::text FROM accounts", &[])
        .await
        .unwrap()
        .get(0);
    new.sql.execute(copy, &[&rows]).await.unwrap();
    let sessions = PgSessionStore::new(pool.clone());
    assert_eq!(state(&pool).await.unwrap(), DatabaseState::Ready);

    old.set_read_only(true).await;
    let refused = sessions.open(first.clone(), Some(hash("first"))).await;
    assert!(
        matches!(refused, Err(StoreError::Unreachable(_))),
        "{refused:?}"
    );
    assert!(sessions.open(first, Some(hash("first"))).await.unwrap());
    let opened = "SELECT count(*) FROM sessions";
    let on_new: i64 = new.sql.query_one(opened, &[]).await.unwrap().get(0);
    assert_eq!(on_new, 1);
    assert_eq!(state(&pool).await.unwrap(), DatabaseState::Ready);
}

/// An address at which connecting neither succeeds nor fails, as that of a machine that is gone: its queue of
/// connections is full. They are returned to be kept.
async fn silent_address() -> (TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..100 {
        let connecting = TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(500), connecting).await {
            Ok(connected) => waiting.push(connected.unwrap()),
            Err(_elapsed) => return (listener, waiting),
        }
    }
    panic!("the queue of connections does not fill");
}

#[tokio::test]
async fn a_host_that_is_gone_without_a_trace_does_not_hide_the_others() {
    let database = Database::fresh().await;
    let (listener, _waiting) = silent_address().await;
    let gone = listener.local_addr().unwrap();
    let url = database
        .url()
        .replace("127.0.0.1", &format!("{gone},127.0.0.1"));
    let mut settings = PoolSettings::new(url);
    settings.connect_timeout = Duration::from_secs(2);
    let pool = PgPool::connect(&settings).unwrap();
    assert_eq!(state(&pool).await.unwrap(), DatabaseState::Ready);
}

#[tokio::test]
async fn a_read_only_server_is_not_ready_and_not_connected_to_until_it_accepts_writes() {
    let node = Node::start().await;
    let pool = PgPool::connect(&PoolSettings::new(node.cluster.url().expose())).unwrap();
    let session = session(&pool).await;
    node.set_read_only(true).await;
    assert_eq!(state(&pool).await.unwrap(), DatabaseState::ReadOnly);
    // The connection that found out is not used again, and a new one is refused.
    assert!(matches!(
        state(&pool).await,
        Err(StoreError::Unreachable(_))
    ));
    let sessions = PgSessionStore::new(pool.clone());
    let refused = sessions.open(session.clone(), Some(hash("first"))).await;
    assert!(
        matches!(refused, Err(StoreError::Unreachable(_))),
        "{refused:?}"
    );

    node.set_read_only(false).await;
    assert_eq!(state(&pool).await.unwrap(), DatabaseState::Ready);
    assert!(sessions.open(session, Some(hash("first"))).await.unwrap());
}

#[tokio::test]
async fn a_read_only_server_is_used_if_the_url_says_so() {
    let node = Node::start().await;
    node.set_read_only(true).await;
    let url = format!("{}?target_session_attrs=any", node.cluster.url().expose());
    let pool = PgPool::connect(&PoolSettings::new(url)).unwrap();
    assert_eq!(state(&pool).await.unwrap(), DatabaseState::ReadOnly);
    assert_eq!(state(&pool).await.unwrap(), DatabaseState::ReadOnly);
}

/// Opens a session while the database fails with this SQLSTATE. Returns the error, and whether the connections
/// opened before it are in use afterwards.
async fn fail_with(sqlstate: &str) -> (StoreError, bool) {
    let database = Database::with_one_connection().await;
    let (account, _) = database.account().await;
    let failing = format!(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'no luck' USING ERRCODE = '{sqlstate}'; END $$;
        CREATE TRIGGER fail AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION fail()"
    );
    database.sql.batch_execute(&failing).await.unwrap();
    let backend = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
        AND application_name = 'udam'";
    let before: i32 = database.value(backend).await;
    let error = database.open_session(account).await.unwrap_err();
    let reading = new_session(account, start()).digest;
    let policy = crate::fixtures::session_policy();
    let sessions = database.sessions();
    sessions
        .authenticate(reading, policy, start())
        .await
        .unwrap();
    database
        .until(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND application_name = 'udam'",
            1,
        )
        .await;
    let after: i32 = database.value(backend).await;
    (error, before == after)
}

#[tokio::test]
async fn a_server_that_is_full_or_broken_is_unreachable_and_its_connection_kept() {
    for sqlstate in ["53100", "53400", "58030"] {
        let (error, kept) = fail_with(sqlstate).await;
        assert!(
            matches!(error, StoreError::Unreachable(_)),
            "{sqlstate}: {error:?}"
        );
        assert!(kept, "{sqlstate}");
    }
    let (error, kept) = fail_with("53200").await;
    assert!(matches!(error, StoreError::Overloaded), "{error:?}");
    assert!(kept);
}

#[tokio::test]
async fn a_server_that_is_the_wrong_one_or_ending_loses_its_connections() {
    for sqlstate in ["25006", "57P01", "57P02", "57P03", "08006"] {
        let (error, kept) = fail_with(sqlstate).await;
        assert!(
            matches!(error, StoreError::Unreachable(_)),
            "{sqlstate}: {error:?}"
        );
        assert!(!kept, "{sqlstate}");
    }
}

#[tokio::test]
async fn a_statement_that_fails_for_another_reason_is_a_failure() {
    let (error, kept) = fail_with("23514").await;
    assert!(matches!(error, StoreError::Failed(_)), "{error:?}");
    assert!(kept);
}
