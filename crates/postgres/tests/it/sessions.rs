use futures::future::join_all;
use udam_domain::account::{NewSession, Session, SignedIn};
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, SessionId};
use udam_domain::page::{Page, PageLimit, PageRequest};
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::{SessionStore, StoreError};
use udam_postgres::{PgPool, PgSessionStore, PoolSettings};

use crate::fixtures::{actor, at, hash, new_session, session_policy, start};
use crate::harness::Database;

const LAST_SEEN: &str = "SELECT last_seen_at FROM sessions";

async fn authenticate(
    database: &Database,
    session: &NewSession,
    at: Timestamp,
) -> Option<SignedIn> {
    let sessions = database.sessions();
    sessions
        .authenticate(session.digest, session_policy(), at)
        .await
        .unwrap()
}

async fn page(
    database: &Database,
    account: AccountId,
    now: Timestamp,
    page: PageRequest<SessionId>,
) -> Page<Session, SessionId> {
    let sessions = database.sessions();
    let found = sessions.of_account(account, session_policy(), now, page);
    found.await.unwrap()
}

#[tokio::test]
async fn an_opened_session_authenticates_and_is_audited() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    let session = new_session(account, at(5));
    database
        .sessions()
        .open(session.clone(), Some(hash("first")))
        .await
        .unwrap();

    let signed_in = authenticate(&database, &session, at(6)).await.unwrap();
    assert_eq!(signed_in.session, session.session);
    let record: String = database
        .value(
            "SELECT concat_ws(' ', action, account_id, host(a.address), subject_id)
            FROM audit_events e JOIN addresses_of_actions a ON a.event_id = e.id
            ORDER BY id DESC LIMIT 1",
        )
        .await;
    let (account, subject) = (account.uuid(), session.session.id.uuid());
    assert_eq!(record, format!("logged_in {account} 2001:db8::7 {subject}"));
}

#[tokio::test]
async fn a_session_is_not_opened_when_that_cannot_be_audited() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    database.fail_audit(AuditAction::LoggedIn).await;
    let session = new_session(account, start());
    let result = database
        .sessions()
        .open(session.clone(), Some(hash("first")))
        .await;

    assert!(matches!(result, Err(StoreError::Failed(_))));
    assert_eq!(authenticate(&database, &session, at(1)).await, None);
}

#[tokio::test]
async fn opening_a_session_deletes_the_accounts_expired_ones() {
    let database = Database::fresh().await;
    let (account, expired) = database.account().await;
    database.account().await;
    let opened_at = expired.session.expires_at;
    database
        .sessions()
        .open(new_session(account, opened_at), Some(hash("first")))
        .await
        .unwrap();

    assert_eq!(database.count("sessions").await, 2);
}

#[tokio::test]
async fn an_unknown_idle_or_expired_session_does_not_authenticate() {
    let database = Database::fresh().await;
    let (account, session) = database.account().await;
    assert_eq!(
        authenticate(&database, &new_session(account, start()), at(1)).await,
        None
    );
    assert!(authenticate(&database, &session, at(3_599)).await.is_some());
    assert_eq!(
        authenticate(&database, &session, at(3_599 + 3_600)).await,
        None
    );
    // The rejected attempts have not revived it.
    assert_eq!(database.value::<Timestamp>(LAST_SEEN).await, at(3_599));

    database
        .run("UPDATE sessions SET last_seen_at = expires_at", &[])
        .await;
    assert_eq!(
        authenticate(&database, &session, session.session.expires_at).await,
        None
    );
}

#[tokio::test]
async fn last_use_is_recorded_once_a_minute_and_never_moves_back() {
    let database = Database::fresh().await;
    let (_, session) = database.account().await;
    for (used_at, noted) in [(59, 0), (60, 60), (61, 60), (30, 60), (0, 60), (200, 200)] {
        let signed_in = authenticate(&database, &session, at(used_at))
            .await
            .unwrap();
        assert_eq!(
            signed_in.session.last_seen_at,
            at(noted),
            "used at {used_at}"
        );
        assert_eq!(
            database.value::<Timestamp>(LAST_SEEN).await,
            at(noted),
            "used at {used_at}"
        );
    }
}

#[tokio::test]
async fn many_concurrent_uses_all_authenticate() {
    let database = Database::fresh().await;
    let (_, session) = database.account().await;
    let uses = (0..40).map(|_| authenticate(&database, &session, at(100)));
    assert!(join_all(uses).await.iter().all(Option::is_some));
    assert_eq!(database.value::<Timestamp>(LAST_SEEN).await, at(100));
}

#[tokio::test]
async fn recording_a_use_neither_waits_for_nor_undoes_the_end_of_a_session() {
    let database = Database::fresh().await;
    let (_, session) = database.account().await;
    let ending = database.beside().await;
    ending
        .batch_execute("BEGIN; DELETE FROM sessions")
        .await
        .unwrap();
    // Not ended yet; its use is due to be recorded, and the row is locked.
    assert!(authenticate(&database, &session, at(100)).await.is_some());
    ending.batch_execute("COMMIT").await.unwrap();

    assert_eq!(authenticate(&database, &session, at(101)).await, None);
    assert_eq!(database.count("sessions").await, 0);
}

#[tokio::test]
async fn an_ended_session_authenticates_on_no_server() {
    let database = Database::fresh().await;
    let (account, session) = database.account().await;
    let elsewhere =
        PgSessionStore::new(PgPool::connect(&PoolSettings::new(database.url())).unwrap());
    let opens = async || {
        let found = elsewhere
            .authenticate(session.digest, session_policy(), at(1))
            .await;
        found.unwrap().is_some()
    };
    assert!(opens().await);
    assert!(
        database
            .sessions()
            .end(actor(account), session.session.id, at(2))
            .await
            .unwrap()
    );
    assert!(!opens().await);
    assert!(
        !database
            .sessions()
            .end(actor(account), session.session.id, at(2))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn an_account_ends_its_own_sessions_only() {
    let database = Database::fresh().await;
    let (account, session) = database.account().await;
    let (other, of_other) = database.account().await;
    database
        .sessions()
        .open(new_session(account, start()), Some(hash("first")))
        .await
        .unwrap();

    assert!(
        !database
            .sessions()
            .end(actor(other), session.session.id, at(2))
            .await
            .unwrap()
    );
    database
        .sessions()
        .end_all(actor(account), at(2))
        .await
        .unwrap();
    assert_eq!(authenticate(&database, &session, at(1)).await, None);
    assert!(authenticate(&database, &of_other, at(1)).await.is_some());
    assert_eq!(database.count("sessions").await, 1);
    assert_eq!(
        database.audited().await,
        ["logged_in", "logged_out_everywhere"]
    );
}

#[tokio::test]
async fn the_end_of_a_session_is_audited_once() {
    let database = Database::fresh().await;
    let (account, session) = database.account().await;
    let (sessions, id) = (database.sessions(), session.session.id);
    assert!(sessions.end(actor(account), id, at(2)).await.unwrap());
    assert!(!sessions.end(actor(account), id, at(3)).await.unwrap());
    sessions.end_all(actor(account), at(4)).await.unwrap();
    assert_eq!(database.audited().await, ["logged_out"]);
    let subject: uuid::Uuid = database.value("SELECT subject_id FROM audit_events").await;
    assert_eq!(subject, id.uuid());
}

#[tokio::test]
async fn live_sessions_of_an_account_are_listed_newest_first() {
    let database = Database::fresh().await;
    let (account, first) = database.account().await;
    database.account().await;
    let second = new_session(account, at(100));
    database
        .sessions()
        .open(second.clone(), Some(hash("first")))
        .await
        .unwrap();
    let living = async |now| page(&database, account, now, PageRequest::default()).await;
    assert_eq!(
        living(at(101)).await.items,
        [second.session.clone(), first.session]
    );
    assert_eq!(living(at(3_601)).await.items, [second.session]);
}

#[tokio::test]
async fn pages_of_sessions_are_filled_with_live_ones() {
    let database = Database::fresh().await;
    let (account, first) = database.account().await;
    let mut opened = vec![first.session.id];
    for second in 1..=9 {
        let session = new_session(account, at(second));
        database
            .sessions()
            .open(session.clone(), Some(hash("first")))
            .await
            .unwrap();
        opened.insert(0, session.session.id);
    }
    // Of those opened at odd seconds, some have been idle for too long, the others have expired.
    let end = "UPDATE sessions SET
            last_seen_at = last_seen_at - CASE second % 4 WHEN 1 THEN '1 hour'::interval ELSE '0' END,
            expires_at = created_at + CASE second % 4 WHEN 3 THEN '1 minute'::interval ELSE '1 day' END
        FROM (SELECT id AS of, extract(second FROM created_at)::int AS second FROM sessions) opened
        WHERE id = of AND second % 2 = 1";
    database.run(end, &[]).await;

    let limit = PageLimit::new(2).unwrap();
    let (mut after, mut pages) = (None, Vec::new());
    loop {
        let request = PageRequest { after, limit };
        let found = page(&database, account, at(100), request).await;
        let ids = found.items.iter().map(|session| session.id);
        pages.push(ids.collect::<Vec<_>>());
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    let [_, eight, _, six, _, four, _, two, _, zero] = opened[..] else {
        panic!("{opened:?}")
    };
    assert_eq!(pages, [vec![eight, six], vec![four, two], vec![zero]]);
}

#[tokio::test]
async fn a_page_of_sessions_excludes_those_that_the_policy_has_ended() {
    let database = Database::fresh().await;
    let (account, session) = database.account().await;
    let (policy, expires_at) = (session_policy(), session.session.expires_at);
    let just_before = SignedDuration::from_micros(-1);
    for (seen, end) in [
        (start(), start() + policy.idle_ttl),
        (expires_at, expires_at),
    ] {
        database
            .run("UPDATE sessions SET last_seen_at = $1", &[&seen])
            .await;
        for (now, lives) in [(end + just_before, true), (end, false)] {
            let found = page(&database, account, now, PageRequest::default()).await;
            assert_eq!(found.items.len(), usize::from(lives), "at {now}");
            assert_eq!(policy.admits(seen, expires_at, now), lives, "at {now}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_verified_the_old_password_fails_once_it_is_changed() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    let late = new_session(account, start());
    let opened = database
        .sessions()
        .open(late.clone(), Some(hash("another")))
        .await;
    assert!(!opened.unwrap());
    assert_eq!(authenticate(&database, &late, at(1)).await, None);
}
