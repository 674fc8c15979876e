//! Counting attempts at passwords.

use futures::future::join_all;
use udam_domain::account::{
    AttemptKind, AttemptOutcome, AttemptSource, Client, DeviceDigest, Email, LogInPlace, Network,
};
use udam_domain::audit::AuditQuery;
use udam_domain::id::AccountId;
use udam_domain::time::{Timestamp, after};
use udam_domain::{
    AccountStore, AdmitAttemptError, AdmittedAttempt, AttemptBy, PasswordAttempt,
    PasswordAttemptStore, ReplacePassword, SessionStore,
};
use udam_postgres::{PgAuditTrail, PgPasswordAttemptStore, PgPool, PoolSettings};

use crate::fixtures::{account_with, actor, at, hash, new_session, start};
use crate::harness::Database;

const DEVICE: DeviceDigest = DeviceDigest::new([9; 32]);

fn email(text: &str) -> Email {
    text.parse().unwrap()
}

fn client(device: Option<DeviceDigest>, address: &str) -> Client {
    let mut client = Client {
        device,
        ..Client::default()
    };
    client.origin.address = Some(address.parse().unwrap());
    client
}

fn attempt(account: &str, client: &Client, at: Timestamp) -> PasswordAttempt {
    PasswordAttempt {
        kind: AttemptKind::Password,
        email: email(account),
        by: AttemptBy::Visitor(client.places()),
        address: client.origin.address,
        at,
    }
}

struct Fixture {
    database: Database,
    store: PgPasswordAttemptStore,
}

impl Fixture {
    async fn new() -> Self {
        let database = Database::fresh().await;
        let store = PgPasswordAttemptStore::new(database.pool.clone());
        Self { database, store }
    }

    /// Registers an account that has logged in from these places.
    async fn account(&self, address: &str, places: Vec<LogInPlace>) -> AccountId {
        let account = account_with(address);
        let id = account.account.id;
        let mut session = new_session(id, start());
        session.places = places;
        let accounts = self.database.accounts();
        accounts.register(account, Some(session)).await.unwrap();
        self.database.run("DELETE FROM audit_events", &[]).await;
        id
    }

    async fn admit(&self, attempt: PasswordAttempt) -> Result<AdmittedAttempt, AdmitAttemptError> {
        self.store.admit(attempt).await
    }

    /// Fails at once as often as is free, and returns the last of these attempts.
    async fn use_up(&self, account: &str, client: &Client, at: Timestamp) -> AdmittedAttempt {
        let mut last = None;
        for _ in 0..AttemptKind::Password.limits().free {
            let admitted = self.admit(attempt(account, client, at)).await.unwrap();
            let failed = self.store.settle(admitted.clone(), AttemptOutcome::Wrong);
            failed.await.unwrap();
            last = Some(admitted);
        }
        last.unwrap()
    }

    async fn is_refused(&self, attempt: PasswordAttempt) -> bool {
        match self.admit(attempt).await {
            Ok(_) => false,
            Err(AdmitAttemptError::TooMany(_)) => true,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn attempts_at_an_address_are_counted_whether_or_not_it_has_an_account() {
    let fixture = Fixture::new().await;
    fixture.account("ada@example.com", Vec::new()).await;
    let stranger = client(None, "203.0.113.1");
    for account in ["ada@example.com", "nobody@example.com"] {
        let last = fixture.use_up(account, &stranger, at(0)).await;
        assert_eq!(last.source, AttemptSource::Strangers);
        let another = client(Some(DEVICE), "203.0.113.2");
        let refused = fixture.admit(attempt(account, &another, at(0))).await;
        let Err(AdmitAttemptError::TooMany(refused)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refused.retry_after_seconds(), 1);
        assert!(!fixture.is_refused(attempt(account, &another, at(1))).await);
        assert!(fixture.is_refused(attempt(account, &another, at(2))).await);
    }
    assert!(
        !fixture
            .is_refused(attempt("grace@example.com", &stranger, at(0)))
            .await
    );
}

#[tokio::test]
async fn places_that_an_account_has_logged_in_from_are_counted_by_themselves() {
    let fixture = Fixture::new().await;
    let network = LogInPlace::Network(Network::of("198.51.100.1".parse().unwrap()));
    let places = vec![LogInPlace::Device(DEVICE), network];
    fixture.account("ada@example.com", places).await;
    fixture.account("grace@example.com", Vec::new()).await;
    let stranger = client(None, "203.0.113.1");
    fixture.use_up("ada@example.com", &stranger, at(0)).await;

    for (owner, source) in [
        (
            client(Some(DEVICE), "198.51.100.1"),
            LogInPlace::Device(DEVICE),
        ),
        (
            client(Some(DEVICE), "203.0.113.9"),
            LogInPlace::Device(DEVICE),
        ),
        (client(None, "198.51.100.1"), network),
    ] {
        let admitted = fixture
            .admit(attempt("ada@example.com", &owner, at(0)))
            .await;
        assert_eq!(admitted.unwrap().source, AttemptSource::Place(source));
        // For another account they are strangers.
        let admitted = fixture
            .admit(attempt("grace@example.com", &owner, at(0)))
            .await;
        assert_eq!(admitted.unwrap().source, AttemptSource::Strangers);
    }
    assert!(
        fixture
            .is_refused(attempt("ada@example.com", &stranger, at(0)))
            .await
    );
}

#[tokio::test]
async fn the_right_password_clears_the_count_of_its_place() {
    let fixture = Fixture::new().await;
    let owner = client(Some(DEVICE), "198.51.100.1");
    let places = vec![LogInPlace::Device(DEVICE)];
    fixture.account("ada@example.com", places).await;
    let last = fixture.use_up("ada@example.com", &owner, at(0)).await;
    fixture
        .store
        .settle(last, AttemptOutcome::Right)
        .await
        .unwrap();
    assert_eq!(fixture.database.count("login_failures").await, 0);
    fixture.use_up("ada@example.com", &owner, at(0)).await;

    // A stranger takes back its own attempt alone.
    let stranger = client(None, "203.0.113.1");
    let last = fixture.use_up("ada@example.com", &stranger, at(0)).await;
    fixture
        .store
        .settle(last, AttemptOutcome::Right)
        .await
        .unwrap();
    let one_more = attempt("ada@example.com", &stranger, at(0));
    assert!(!fixture.is_refused(one_more.clone()).await);
    assert!(fixture.is_refused(one_more).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_attempts_at_once_through_two_servers_no_more_are_admitted_than_one_after_another() {
    let fixture = Fixture::new().await;
    fixture.account("ada@example.com", Vec::new()).await;
    let elsewhere = PgPool::connect(&PoolSettings::new(fixture.database.url())).unwrap();
    let stores = [
        fixture.store.clone(),
        PgPasswordAttemptStore::new(elsewhere),
    ];
    let attempts = (0..40_usize).map(|number| {
        let stranger = client(None, &format!("203.0.113.{number}"));
        let attempt = attempt("ada@example.com", &stranger, at(0));
        stores[number % 2].admit(attempt)
    });
    let results = join_all(attempts).await;
    let admitted = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(
        admitted,
        usize::try_from(AttemptKind::Password.limits().free).unwrap()
    );
    let too_many = |result: &&_| matches!(result, Err(AdmitAttemptError::TooMany(_)));
    assert_eq!(results.iter().filter(too_many).count(), 40 - admitted);
}

#[tokio::test]
async fn counts_are_deleted_when_they_are_forgotten() {
    let fixture = Fixture::new().await;
    let stranger = client(None, "203.0.113.1");
    for number in 0..15 {
        let nobody = format!("nobody-{number}@example.com");
        fixture
            .admit(attempt(&nobody, &stranger, at(0)))
            .await
            .unwrap();
    }
    let later = after(at(0), AttemptKind::Password.limits().memory);
    for left in [6, 2] {
        let somebody = format!("somebody-{left}@example.com");
        fixture
            .admit(attempt(&somebody, &stranger, later))
            .await
            .unwrap();
        assert_eq!(fixture.database.count("login_failures").await, left);
    }
}

#[tokio::test]
async fn a_place_is_known_for_as_long_as_it_is_logged_in_from() {
    let fixture = Fixture::new().await;
    let owner = client(Some(DEVICE), "198.51.100.1");
    let id = fixture.account("ada@example.com", owner.places()).await;
    let log_in = async |places: Vec<LogInPlace>, at: Timestamp| {
        let mut session = new_session(id, at);
        session.places = places;
        let sessions = fixture.database.sessions();
        assert!(sessions.open(session, Some(hash("first"))).await.unwrap());
    };
    let source = async |at: Timestamp| {
        let admitted = fixture.admit(attempt("ada@example.com", &owner, at)).await;
        admitted.unwrap().source
    };
    let network = LogInPlace::Network(Network::of("198.51.100.1".parse().unwrap()));
    let later = after(start(), LogInPlace::KEPT_FOR);
    log_in(vec![network], later).await;
    assert_eq!(
        source(later).await,
        AttemptSource::Place(LogInPlace::Device(DEVICE))
    );
    let later = after(later, LogInPlace::KEPT_FOR);
    log_in(vec![network], later).await;
    assert_eq!(source(later).await, AttemptSource::Place(network));
}

#[tokio::test]
async fn a_changed_password_forgets_all_places_but_that_of_the_change() {
    let fixture = Fixture::new().await;
    let owner = client(Some(DEVICE), "198.51.100.1");
    let mut places = owner.places();
    places.push(LogInPlace::Network(Network::of(
        "203.0.113.1".parse().unwrap(),
    )));
    let id = fixture.account("ada@example.com", places).await;
    let change = ReplacePassword {
        actor: actor(id),
        from: hash("first"),
        to: hash("second"),
        keep: None,
        places: owner.places(),
        at: at(60),
    };
    let accounts = fixture.database.accounts();
    assert!(accounts.change_password(change).await.unwrap());
    assert_eq!(fixture.database.count("login_places").await, 2);
    let thief = client(None, "203.0.113.1");
    let admitted = fixture
        .admit(attempt("ada@example.com", &thief, at(60)))
        .await;
    assert_eq!(admitted.unwrap().source, AttemptSource::Strangers);
}

#[tokio::test]
async fn failures_and_the_first_refusal_of_each_wait_are_audited() {
    let fixture = Fixture::new().await;
    let id = fixture.account("ada@example.com", Vec::new()).await;
    let stranger = client(None, "203.0.113.1");
    fixture.use_up("ada@example.com", &stranger, at(0)).await;
    for seconds in [0, 0, 0] {
        let early = attempt("ada@example.com", &stranger, at(seconds));
        assert!(fixture.is_refused(early).await);
    }
    let in_time = attempt("ada@example.com", &stranger, at(1));
    let admitted = fixture.admit(in_time).await.unwrap();
    fixture
        .store
        .settle(admitted, AttemptOutcome::Unverified)
        .await
        .unwrap();
    let trail = PgAuditTrail::new(fixture.database.pool.clone());
    let of_account = AuditQuery {
        account: Some(id),
        ..AuditQuery::default()
    };
    let records = trail.page(&of_account, None).await.unwrap();
    let mut expected = vec!["log_in_failed"; 10];
    expected.push("log_in_refused");
    let actions: Vec<String> = records
        .iter()
        .map(|record| record.action.to_string())
        .collect();
    assert_eq!(actions, expected);
    for record in records {
        assert_eq!((record.account_id, record.subject), (None, Some(id.uuid())));
        assert_eq!(record.address, stranger.origin.address);
    }
}

#[tokio::test]
async fn invented_addresses_leave_one_record_an_hour_for_each_network() {
    let fixture = Fixture::new().await;
    let fail = async |address: &str, seconds: i64| {
        let nobody = format!("nobody-{address}-{seconds}@example.com").replace(':', "-");
        let stranger = client(None, address);
        let attempt = attempt(&nobody, &stranger, at(seconds));
        let admitted = fixture.admit(attempt).await.unwrap();
        fixture
            .store
            .settle(admitted, AttemptOutcome::Wrong)
            .await
            .unwrap();
        fixture.database.count("audit_events").await
    };
    assert_eq!(fail("203.0.113.1", 0).await, 1);
    assert_eq!(fail("203.0.113.1", 3_599).await, 1);
    assert_eq!(fail("203.0.113.1", 3_600).await, 2);
    assert_eq!(fail("2001:db8::1", 0).await, 3);
    assert_eq!(fail("2001:db8::2", 1).await, 3);
    assert_eq!(fail("2001:db8:0:1::1", 1).await, 4);
    let named =
        "SELECT count(*) FROM audit_events WHERE account_id IS NOT NULL OR subject_id IS NOT NULL";
    assert_eq!(fixture.database.value::<i64>(named).await, 0);
}

#[tokio::test]
async fn accounts_are_known_where_they_were_signed_in_before_places_were_recorded() {
    const MIGRATION: &str = include_str!("../../migrations/V0022__login_failures.sql");

    let fixture = Fixture::new().await;
    let id = fixture.account("ada@example.com", Vec::new()).await;
    let mut elsewhere = new_session(id, at(60));
    elsewhere.session.origin.address = Some("198.51.100.1".parse().unwrap());
    let sessions = fixture.database.sessions();
    assert!(sessions.open(elsewhere, Some(hash("first"))).await.unwrap());
    assert_eq!(fixture.database.count("login_places").await, 0);
    let (_, known) = MIGRATION.split_once("INSERT INTO login_places").unwrap();
    let insert = format!("INSERT INTO login_places{known}");
    assert_eq!(fixture.database.run(&insert, &[]).await, 2);
    for (address, network) in [
        ("2001:db8::ffff", "2001:db8::"),
        ("198.51.100.1", "198.51.100.1"),
    ] {
        let owner = client(None, address);
        let admitted = fixture
            .admit(attempt("ada@example.com", &owner, at(60)))
            .await;
        let network = LogInPlace::Network(Network::of(network.parse().unwrap()));
        assert_eq!(admitted.unwrap().source, AttemptSource::Place(network));
    }
}

#[tokio::test]
async fn of_very_many_places_the_latest_are_known() {
    let fixture = Fixture::new().await;
    let id = fixture.account("ada@example.com", Vec::new()).await;
    let most = u8::try_from(LogInPlace::MOST).unwrap();
    for number in 0..=most {
        let mut session = new_session(id, at(i64::from(number)));
        let device = DeviceDigest::new([number; 32]);
        session.places = vec![LogInPlace::Device(device)];
        let sessions = fixture.database.sessions();
        assert!(sessions.open(session, Some(hash("first"))).await.unwrap());
    }
    assert_eq!(
        fixture.database.count("login_places").await,
        LogInPlace::MOST
    );
    let known = async |number: u8| {
        let client = client(Some(DeviceDigest::new([number; 32])), "192.0.2.1");
        let admitted = fixture
            .admit(attempt("ada@example.com", &client, at(200)))
            .await;
        admitted.unwrap().source != AttemptSource::Strangers
    };
    assert!(!known(0).await);
    assert!(known(1).await && known(most).await);
}
