//! The stores while the database is busy, slow, deadlocked or unreachable.

use std::time::Duration;

use udam_domain::audit::Actor;
use udam_domain::listing::{EditListing, ListingEdit, StockChange};
use udam_domain::page::PageRequest;
use udam_domain::policy::Endpoints;
use udam_domain::units::Stock;
use udam_domain::{AccountStore, ListingStore, RegisterAccountError, SessionStore, StoreError};
use udam_postgres::{PgPool, PoolSettings};

use crate::fixtures::{
    account_with, actor, at, hash, new_account, new_session, session_policy, start,
};
use crate::harness::Database;

/// Connections of the stores with an open transaction.
const IN_TRANSACTION: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'udam' \
    AND state LIKE 'idle in transaction%'";

const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'udam'";

/// Adds a trigger to `sessions` that runs this PL/pgSQL at that time.
async fn on_sessions(database: &Database, timing: &str, body: &str) {
    let trigger = format!(
        "CREATE SEQUENCE tries;
        CREATE FUNCTION interfere() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN {body} RETURN NULL; END $$;
        CREATE {timing} FOR EACH ROW EXECUTE FUNCTION interfere()"
    );
    database.sql.batch_execute(&trigger).await.unwrap();
}

const AT_ONCE: &str = "TRIGGER interfere AFTER INSERT ON sessions";
const AT_COMMIT: &str =
    "CONSTRAINT TRIGGER interfere AFTER INSERT ON sessions DEFERRABLE INITIALLY DEFERRED";

#[tokio::test]
async fn a_cancelled_transaction_never_goes_back_to_the_pool() {
    let database = Database::with_one_connection().await;
    let (account, _) = database.account().await;
    for step in ["accounts", "tabs", "sessions"] {
        let blocking = database.beside().await;
        blocking
            .batch_execute(&format!("BEGIN; LOCK {step} IN SHARE MODE"))
            .await
            .unwrap();
        let new = new_account();
        let session = new_session(new.account.id, start());
        let accounts = database.accounts();
        let registering = tokio::spawn(async move { accounts.register(new, Some(session)).await });
        database.until_waiting(1).await;
        registering.abort();
        assert!(registering.await.unwrap_err().is_cancelled());
        assert_eq!(database.pool.status().size, 0, "cancelled at {step}");

        blocking.batch_execute("COMMIT").await.unwrap();
        database.open_session(account).await.unwrap();
        database.until(CONNECTIONS, 1).await;
        database.until(IN_TRANSACTION, 0).await;
        assert_eq!(database.count("accounts").await, 1, "cancelled at {step}");
    }
}

#[tokio::test]
async fn a_transaction_dropped_at_any_time_leaves_a_clean_pool() {
    let database = Database::with_one_connection().await;
    let (account, _) = database.account().await;
    let mut opened = 0;
    for polls in 0..60 {
        let sessions = database.sessions();
        let opening = sessions.open(new_session(account, start()), Some(hash("first")));
        let mut opening = std::pin::pin!(opening);
        for _ in 0..polls {
            if let std::task::Poll::Ready(result) = futures::poll!(opening.as_mut()) {
                result.unwrap();
                opened += 1;
                break;
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
    }
    // A transaction dropped during its commit may have been committed.
    let found = database.count("audit_events").await;
    assert!(
        opened > 0 && (opened..=60).contains(&found),
        "{opened} of {found}"
    );
    database.open_session(account).await.unwrap();
    database.until(IN_TRANSACTION, 0).await;
    database.until(CONNECTIONS, 1).await;
}

#[tokio::test]
async fn a_refused_transaction_is_rolled_back_and_its_connection_kept() {
    let database = Database::with_one_connection().await;
    for expected in [true, false, false] {
        let new = account_with("ada@example.com");
        let session = new_session(new.account.id, start());
        let result = database.accounts().register(new, Some(session)).await;
        assert_eq!(result.is_ok(), expected);
        assert!(expected || matches!(result, Err(RegisterAccountError::EmailTaken)));
        assert_eq!(database.value::<i64>(IN_TRANSACTION).await, 0);
        assert_eq!(database.pool.status().available, 1);
    }
}

#[tokio::test]
async fn a_transaction_that_failed_to_serialize_runs_again() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    on_sessions(
        &database,
        AT_ONCE,
        "IF nextval('tries') < 4 THEN RAISE 'again' USING ERRCODE = '40001'; END IF;",
    )
    .await;
    database.open_session(account).await.unwrap();
    assert_eq!(
        database.value::<i64>("SELECT last_value FROM tries").await,
        4
    );
    assert_eq!(database.audited().await, ["logged_in"]);
}

#[tokio::test]
async fn ending_all_sessions_survives_a_deadlock() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    on_sessions(
        &database,
        "TRIGGER interfere AFTER DELETE ON sessions",
        "IF nextval('tries') < 3 THEN RAISE 'again' USING ERRCODE = '40P01'; END IF;",
    )
    .await;
    database
        .sessions()
        .end_all(Actor::from(account), start())
        .await
        .unwrap();
    assert_eq!(database.count("sessions").await, 0);
}

#[tokio::test]
async fn a_transaction_that_deadlocked_at_its_commit_runs_again() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    on_sessions(
        &database,
        AT_COMMIT,
        "IF nextval('tries') < 3 THEN RAISE 'again' USING ERRCODE = '40P01'; END IF;",
    )
    .await;
    database.open_session(account).await.unwrap();
    assert_eq!(database.audited().await, ["logged_in"]);
}

#[tokio::test]
async fn a_transaction_that_never_serializes_fails_after_five_attempts() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    let always = "PERFORM nextval('tries'); RAISE 'again' USING ERRCODE = '40001';";
    on_sessions(&database, AT_ONCE, always).await;
    let result = database.open_session(account).await;
    assert!(matches!(result, Err(StoreError::Overloaded)));
    assert_eq!(
        database.value::<i64>("SELECT last_value FROM tries").await,
        5
    );
}

#[tokio::test]
async fn the_victim_of_a_deadlock_runs_again() {
    let patient = |settings: &mut PoolSettings| settings.lock_timeout = Duration::from_mins(1);
    let database = Database::with(patient).await;
    // Long enough for the two to have met when the store looks for a deadlock; the other never does,
    // so the store is always the victim.
    let look = format!(
        "ALTER DATABASE {} SET deadlock_timeout = '2s'",
        database
            .value::<String>("SELECT current_database()::text")
            .await
    );
    database.sql.batch_execute(&look).await.unwrap();
    let (seller, _) = database.account().await;
    let listing = database.listing(seller, |_| {}).await;
    let other = database.beside().await;
    let lock_stock = "SET deadlock_timeout = '1h'; BEGIN; SELECT FROM listing_stock FOR UPDATE";
    other.batch_execute(lock_stock).await.unwrap();
    let edit = ListingEdit {
        stock: StockChange::Add(Stock::new(1).unwrap()),
        ..ListingEdit::default()
    };
    let request = EditListing {
        listing_id: listing.id,
        edit,
        callable_key: None,
        seller: actor(seller),
        endpoints: Endpoints::Public,
        at: at(60),
    };
    let listings = database.listings();
    let crossing = async {
        database.until_waiting(1).await;
        // Granted only if the store, which waits for a lock of this one, releases its own.
        other
            .batch_execute("SELECT FROM listings FOR UPDATE; COMMIT")
            .await
            .unwrap();
    };
    let (edited, ()) = futures::join!(listings.edit(request), crossing);
    assert_eq!(edited.unwrap().available.get(), 101);
}

#[tokio::test]
async fn waiting_too_long_for_a_lock_is_overload() {
    let quick = |settings: &mut PoolSettings| settings.lock_timeout = Duration::from_millis(50);
    let database = Database::with(quick).await;
    let (account, _) = database.account().await;
    let other = database.beside().await;
    other.batch_execute("BEGIN; LOCK sessions").await.unwrap();
    let result = database.open_session(account).await;
    assert!(matches!(result, Err(StoreError::Overloaded)));
    let result = database
        .sessions()
        .end_all(Actor::from(account), start())
        .await;
    assert!(matches!(result, Err(StoreError::Overloaded)));
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_overload() {
    let quick =
        |settings: &mut PoolSettings| settings.statement_timeout = Duration::from_millis(50);
    let database = Database::with(quick).await;
    let (account, _) = database.account().await;
    on_sessions(&database, AT_ONCE, "PERFORM pg_sleep(60);").await;
    let result = database.open_session(account).await;
    assert!(matches!(result, Err(StoreError::Overloaded)));
}

#[tokio::test]
async fn a_pool_with_no_connection_left_is_overload() {
    let database = Database::with(|settings| {
        settings.max_connections = std::num::NonZeroUsize::MIN;
        settings.wait_timeout = Duration::from_millis(50);
    })
    .await;
    let (account, _) = database.account().await;
    let other = database.beside().await;
    other.batch_execute("BEGIN; LOCK sessions").await.unwrap();
    let sessions = database.sessions();
    let hogging = tokio::spawn(async move {
        sessions
            .open(new_session(account, start()), Some(hash("first")))
            .await
    });
    database.until_waiting(1).await;
    let status = database.pool.status();
    assert_eq!((status.max_size, status.size, status.available), (1, 1, 0));
    let result = database
        .sessions()
        .of_account(account, session_policy(), start(), PageRequest::default())
        .await;
    assert!(matches!(result, Err(StoreError::Overloaded)));
    other.batch_execute("COMMIT").await.unwrap();
    hogging.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_commit_whose_response_is_lost_is_unreachable() {
    let database = Database::with_one_connection().await;
    let (account, _) = database.account().await;
    let dying = "PERFORM pg_terminate_backend(pg_backend_pid());";
    on_sessions(&database, AT_COMMIT, dying).await;
    let result = database.open_session(account).await;
    assert!(matches!(result, Err(StoreError::Unreachable(_))));
    database
        .sql
        .batch_execute("DROP FUNCTION interfere CASCADE")
        .await
        .unwrap();
    database.open_session(account).await.unwrap();
}

#[tokio::test]
async fn a_pool_replaces_connections_that_the_server_closed() {
    let database = Database::with_one_connection().await;
    let (account, _) = database.account().await;
    let close = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
        WHERE datname = current_database() AND application_name = 'udam'";
    assert_eq!(database.value::<i64>(close).await, 1);
    database.until(CONNECTIONS, 0).await;
    // The backend has exited; its FIN may arrive a little later.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(
        database
            .sessions()
            .of_account(account, session_policy(), start(), PageRequest::default())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn every_connection_has_its_timeouts() {
    let database = Database::with(|settings| {
        settings.lock_timeout = Duration::from_millis(1_500);
        settings.statement_timeout = Duration::from_secs(7);
        settings.idle_in_transaction_timeout = Duration::from_secs(9);
    })
    .await;
    let (account, _) = database.account().await;
    on_sessions(
        &database,
        AT_ONCE,
        "CREATE TABLE seen AS SELECT name, setting FROM pg_settings;",
    )
    .await;
    database.open_session(account).await.unwrap();
    for (name, setting) in [
        ("lock_timeout", "1500"),
        ("statement_timeout", "7000"),
        ("idle_in_transaction_session_timeout", "9000"),
        ("TimeZone", "UTC"),
        ("application_name", "udam"),
        ("default_transaction_isolation", "read committed"),
        ("transaction_isolation", "read committed"),
    ] {
        let seen = format!("SELECT setting FROM seen WHERE name = '{name}'");
        assert_eq!(database.value::<String>(&seen).await, setting, "{name}");
    }
}

#[tokio::test]
async fn a_stored_value_that_its_type_rejects_is_an_error() {
    let database = Database::fresh().await;
    let (_, session) = database.account().await;
    database.run("UPDATE accounts SET name = ''", &[]).await;
    let Err(StoreError::Failed(error)) = database
        .sessions()
        .authenticate(session.digest, session_policy(), start())
        .await
    else {
        panic!("a blank name was read")
    };
    assert_eq!(
        error.to_string(),
        "the value stored in column `name` is invalid"
    );
    assert_eq!(error.source().unwrap().to_string(), "must not be blank");
}

#[tokio::test]
async fn no_error_contains_values_of_a_rejected_row() {
    let database = Database::fresh().await;
    let refuse = "ALTER TABLE accounts ADD CONSTRAINT refused CHECK (password_hash IS NULL)";
    database.sql.batch_execute(refuse).await.unwrap();
    let new = new_account();
    let session = new_session(new.account.id, start());
    let result = database
        .accounts()
        .register(new.clone(), Some(session))
        .await;
    let Err(RegisterAccountError::Unavailable(StoreError::Failed(error))) = result else {
        panic!("the account was registered")
    };
    let shown = format!("{error} {error:?} {:?}", error.source());
    assert!(shown.contains("\"refused\""), "{shown}");
    for secret in [
        new.password_hash.unwrap().as_phc(),
        new.account.email.as_str(),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_pool_connects_only_when_it_is_used() {
    let pool = PgPool::connect(&PoolSettings::new("postgres://udam:pw@127.0.0.1:1/udam")).unwrap();
    assert_eq!(pool.status().size, 0);
}
