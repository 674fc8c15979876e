//! The chain of audit records: what is linked, and what tampering it shows.

use std::sync::Arc;

use udam_domain::audit::{AuditHead, ChainDefect, SealedAuditKey};
use udam_domain::mocks::HashingAuthenticator;
use udam_domain::time::{SignedDuration, Timestamp, after};
use udam_domain::{AuditChain, AuditKeyStore, Linked, SessionStore};
use udam_postgres::{
    ChainFinding, PgAuditChain, PgAuditKeyStore, PgPool, PgSessionStore, PoolSettings, audit_head,
    verify_chain,
};

use crate::fixtures::{at, hash, new_session, sealed};
use crate::harness::{Database, connect};

fn keys() -> HashingAuthenticator {
    HashingAuthenticator("k1".parse().unwrap())
}

async fn link(pool: &PgPool, now: Timestamp) -> Linked {
    let chain = PgAuditChain::new(pool.clone(), Arc::new(keys()));
    chain.link(now).await.unwrap()
}

async fn findings(
    database: &Database,
    earlier: Option<AuditHead>,
    now: Timestamp,
) -> Vec<ChainFinding> {
    let report = verify_chain(&database.pool, Some(&keys()), earlier, now).await;
    report.unwrap().findings
}

/// A database with five records, which are linked.
async fn linked() -> Database {
    let database = Database::fresh().await;
    for number in 1..=5 {
        insert(&database, number).await;
    }
    assert_eq!(link(&database.pool, at(60)).await.records, 5);
    assert_eq!(findings(&database, None, at(60)).await, []);
    database
}

async fn insert(database: &Database, seconds: i64) {
    let insert = "INSERT INTO audit_events (at, action, address, reason, before, after)
        VALUES ($1, 'logged_in', '192.0.2.7', 'why', 'before', 'after')";
    database.run(insert, &[&at(seconds)]).await;
}

fn altered(number: i64, position: i64) -> ChainFinding {
    let defect = ChainDefect::Altered { position };
    ChainFinding::Link { number, defect }
}

#[tokio::test]
async fn records_are_linked_once_in_the_order_in_which_they_are_found() {
    let database = linked().await;
    let again = link(&database.pool, at(61)).await;
    assert_eq!((again.records, again.has_more), (0, false));
    assert_eq!(again.head.position, 5);
    assert_eq!(audit_head(&database.pool).await.unwrap(), again.head);
    insert(&database, 62).await;
    let more = link(&database.pool, at(63)).await;
    assert_eq!((more.records, more.head.position), (1, 6));
    assert_eq!(findings(&database, Some(again.head), at(63)).await, []);
}

#[tokio::test]
async fn a_record_that_is_committed_late_is_linked_after_those_with_greater_numbers() {
    let database = Database::fresh().await;
    let mut slow = database.beside().await;
    let open = slow.transaction().await.unwrap();
    let insert_late = "INSERT INTO audit_events (at, action) VALUES ($1, 'logged_in')";
    open.execute(insert_late, &[&at(1)]).await.unwrap();
    insert(&database, 2).await;
    assert_eq!(link(&database.pool, at(3)).await.records, 1);
    open.commit().await.unwrap();
    // Also if minutes have passed.
    assert_eq!(link(&database.pool, at(300)).await.records, 1);
    let numbers: Vec<i64> = database
        .value("SELECT array_agg(event_id ORDER BY position) FROM audit_links")
        .await;
    assert!(numbers[0] > numbers[1]);
    assert_eq!(findings(&database, None, at(300)).await, []);
}

#[tokio::test]
async fn servers_that_link_at_once_make_one_chain() {
    let database = Database::fresh().await;
    for number in 1..=40 {
        insert(&database, number).await;
    }
    let linking = (0..8).map(|_| link(&database.pool, at(60)));
    futures::future::join_all(linking).await;
    assert_eq!(link(&database.pool, at(61)).await.head.position, 40);
    assert_eq!(findings(&database, None, at(61)).await, []);
}

#[tokio::test]
async fn a_change_of_any_column_is_found() {
    for change in [
        "at = at + interval '1 microsecond'",
        "action = 'logged_out'",
        "account_id = gen_random_uuid()",
        "address = '192.0.2.8'",
        "subject_id = gen_random_uuid()",
        "reason = 'another'",
        "before = NULL",
        "after = ''",
    ] {
        let database = linked().await;
        let tamper = format!("UPDATE audit_events SET {change} WHERE id = 3");
        database.run(&tamper, &[]).await;
        assert_eq!(
            findings(&database, None, at(60)).await,
            [altered(3, 3)],
            "{change}"
        );
    }
}

#[tokio::test]
async fn a_record_that_was_dropped_is_named() {
    let database = linked().await;
    database
        .run("DELETE FROM audit_events WHERE id = 3", &[])
        .await;
    let dropped = ChainFinding::Link {
        number: 3,
        defect: ChainDefect::RecordMissing { position: 3 },
    };
    assert_eq!(findings(&database, None, at(60)).await, [dropped]);
    // Its link with it.
    database
        .run("DELETE FROM audit_links WHERE position = 3", &[])
        .await;
    let missing = ChainFinding::Link {
        number: 4,
        defect: ChainDefect::LinksMissing { from: 3, to: 3 },
    };
    assert_eq!(findings(&database, None, at(60)).await, [missing]);
}

#[tokio::test]
async fn records_that_change_places_are_found() {
    let database = linked().await;
    let swap = "UPDATE audit_links SET event_id = CASE event_id WHEN 2 THEN -4 ELSE -2 END
        WHERE event_id IN (2, 4)";
    database.run(swap, &[]).await;
    let put = "UPDATE audit_links SET event_id = -event_id WHERE event_id < 0";
    database.run(put, &[]).await;
    let found = findings(&database, None, at(60)).await;
    assert_eq!(found, [altered(4, 2), altered(2, 4)]);
}

#[tokio::test]
async fn a_trail_whose_end_was_cut_off_lacks_its_earlier_head() {
    let database = linked().await;
    let head = audit_head(&database.pool).await.unwrap();
    database
        .run("DELETE FROM audit_links WHERE position = 5", &[])
        .await;
    database
        .run("DELETE FROM audit_events WHERE id = 5", &[])
        .await;
    assert_eq!(findings(&database, None, at(60)).await, []);
    let found = findings(&database, Some(head), at(60)).await;
    assert_eq!(found, [ChainFinding::HeadMissing(head)]);
}

#[tokio::test]
async fn records_that_no_server_links_are_found_after_a_while() {
    let database = linked().await;
    insert(&database, 61).await;
    insert(&database, 62).await;
    let later = after(at(62), SignedDuration::from_mins(9));
    assert_eq!(findings(&database, None, later).await, []);
    let later = after(at(63), SignedDuration::from_mins(10));
    let unlinked = ChainFinding::Unlinked {
        records: 2,
        first: 6,
        last: 7,
    };
    assert_eq!(findings(&database, None, later).await, [unlinked]);
}

#[tokio::test]
async fn a_role_that_may_not_change_the_trail_serves() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    let roles = format!(
        "DROP ROLE IF EXISTS udam_serving_{0};
        CREATE ROLE udam_serving_{0} LOGIN PASSWORD 'serving';
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO udam_serving_{0};
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO udam_serving_{0};
        REVOKE UPDATE, DELETE, TRUNCATE ON audit_events, audit_links, audit_keys FROM udam_serving_{0}",
        std::process::id()
    );
    database.sql.batch_execute(&roles).await.unwrap();
    let role = format!("udam_serving_{}", std::process::id());
    let url = database.url();
    let (_, server) = url.split_once('@').unwrap();
    let url = format!("postgres://{role}:serving@{server}");
    let pool = PgPool::connect(&PoolSettings::new(&url)).unwrap();
    let sessions = PgSessionStore::new(pool.clone());
    let opened = sessions.open(new_session(account, at(1)), Some(hash("first")));
    assert!(opened.await.unwrap());
    assert_eq!(link(&pool, at(60)).await.records, 1);
    let keys = PgAuditKeyStore::new(pool.clone());
    let kept = SealedAuditKey {
        key_id: "old".parse().unwrap(),
        sealed: sealed("new"),
    };
    for _ in 0..2 {
        keys.keep(vec![kept.clone()], at(60)).await.unwrap();
    }
    assert_eq!(keys.all().await.unwrap(), [kept]);
    let client = connect(&url).await;
    for forbidden in [
        "UPDATE audit_events SET action = 'logged_out'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "DELETE FROM audit_links",
        "UPDATE audit_links SET position = position + 1",
    ] {
        let refused = client.batch_execute(forbidden).await.unwrap_err();
        let code = refused.code().unwrap().code();
        assert_eq!(code, "42501", "{forbidden}");
    }
    drop(client);
    drop(pool);
    let clean = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    database.sql.batch_execute(&clean).await.ok();
}
