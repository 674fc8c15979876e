//! Roles, and what operators suspend.

use std::sync::Arc;

use udam_domain::account::{Account, AccountName, SignedIn};
use udam_domain::administration::{ChangeRole, Operator, Role, Suspendable};
use udam_domain::audit::Actor;
use udam_domain::gateway::DrawRefused;
use udam_domain::id::AccountId;
use udam_domain::marketplace::{Administration, AdministrationPorts};
use udam_domain::time::Timestamp;
use udam_domain::{
    AccountStore, AdministrationStore, Clock, DrawCallError, ListingStore, PublishListingError,
    SuspendError,
};
use udam_postgres::{PgAdministrationStore, PgAlertStore, PgAuditTrail, PgStoryReader};

use crate::fixtures::{at, new_listing, unlimited};
use crate::gateway::market::Market;
use crate::harness::Database;

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        at(100)
    }
}

pub(crate) fn administration(database: &Database) -> Administration {
    let pool = || database.pool.clone();
    Administration::new(AdministrationPorts {
        store: Arc::new(PgAdministrationStore::new(pool())),
        stories: Arc::new(PgStoryReader::new(pool())),
        alerts: Arc::new(PgAlertStore::new(pool())),
        audit: Arc::new(PgAuditTrail::new(pool())),
        clock: Arc::new(Stopped),
    })
}

/// A new account with this role.
pub(crate) async fn operator(database: &Database, role: Role) -> Operator {
    let (account, session) = database.account().await;
    let email: String = database
        .sql
        .query_one(
            "SELECT email FROM accounts WHERE id = $1",
            &[&account.uuid()],
        )
        .await
        .unwrap()
        .get(0);
    let store = PgAdministrationStore::new(database.pool.clone());
    let change = ChangeRole {
        email: email.parse().unwrap(),
        role: Some(role),
        reason: "A new colleague.".parse().unwrap(),
        at: at(1),
    };
    assert!(store.change_role(change).await.unwrap());
    // As if it had proved a second factor.
    let mut session = session.session;
    session.proved_at = Some(at(100));
    let signed_in = SignedIn {
        account: Account {
            id: account,
            email: email.parse().unwrap(),
            name: AccountName::neutral(account),
        },
        session,
        has_factor: true,
        has_role: true,
    };
    let administration = administration(database);
    let found = administration.operator(Actor::from(account), &signed_in);
    found.await.unwrap()
}

async fn suspend(database: &Database, what: Suspendable) -> Option<Timestamp> {
    let by = operator(database, Role::Operator).await;
    let reason = "It sells what is not its own.".parse().unwrap();
    let suspended = administration(database).suspend(by, what, reason).await;
    suspended.unwrap()
}

async fn restore(database: &Database, what: Suspendable) -> Option<Timestamp> {
    let by = operator(database, Role::Operator).await;
    let reason = "It was a mistake.".parse().unwrap();
    let restored = administration(database).restore(by, what, reason).await;
    restored.unwrap()
}

async fn refusal(market: &Market, key: crate::gateway::market::Key) -> DrawRefused {
    match market.draw(key).await {
        Err(DrawCallError::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn calls_stop_while_the_listing_its_seller_or_the_buyer_is_suspended() {
    let market = Market::plain().await;
    let opened = market.open(10).await;
    for what in [
        Suspendable::Listing(market.listing.id),
        Suspendable::Account(market.seller),
        Suspendable::Account(market.buyer),
    ] {
        assert!(market.draw(opened.key).await.is_ok());
        assert_eq!(suspend(&market.database, what).await, Some(at(100)));
        assert_eq!(refusal(&market, opened.key).await, DrawRefused::Suspended);
        assert_eq!(restore(&market.database, what).await, None);
    }
    assert!(market.draw(opened.key).await.is_ok());
}

#[tokio::test]
async fn a_suspended_account_opens_no_session_and_publishes_nothing() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    let what = Suspendable::Account(account);
    suspend(&database, what).await;
    assert_eq!(database.count("sessions").await, 1, "that of the operator");
    assert!(!database.open_session(account).await.unwrap());
    let listings = database.listings();
    let published = listings.publish(new_listing(account), unlimited());
    assert!(matches!(
        published.await,
        Err(PublishListingError::Suspended)
    ));
    restore(&database, what).await;
    assert!(database.open_session(account).await.unwrap());
    let published = listings.publish(new_listing(account), unlimited());
    assert!(published.await.is_ok());
}

#[tokio::test]
async fn a_suspension_is_audited_once_with_who_why_before_and_after() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    let what = Suspendable::Account(account);
    suspend(&database, what).await;
    suspend(&database, what).await;
    let rows = database
        .sql
        .query(
            "SELECT reason, before, after FROM audit_events WHERE action = 'account_suspended'
            AND account_id IS NOT NULL AND subject_id = $1",
            &[&account.uuid()],
        )
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    let texts: [String; 3] = [rows[0].get(0), rows[0].get(1), rows[0].get(2)];
    assert_eq!(
        texts,
        ["It sells what is not its own.", "active", "suspended"]
    );
}

#[tokio::test]
async fn support_suspends_nothing_and_what_is_not_there_is_not_found() {
    let database = Database::fresh().await;
    let (account, _) = database.account().await;
    let administration = administration(&database);
    let reason = || "why".parse().unwrap();
    let support = operator(&database, Role::Support).await;
    let what = Suspendable::Account(account);
    let refused = administration.suspend(support, what, reason()).await;
    assert!(matches!(refused, Err(SuspendError::NotAllowed(_))));
    let admin = operator(&database, Role::Admin).await;
    let nobody = Suspendable::Account(AccountId::from_uuid(uuid::Uuid::from_u128(1)));
    let refused = administration.suspend(admin, nobody, reason()).await;
    assert!(matches!(refused, Err(SuspendError::NotFound)));
}

#[tokio::test]
async fn roles_are_given_changed_and_taken_away_and_audited() {
    let database = Database::fresh().await;
    let support = operator(&database, Role::Support).await;
    let store = PgAdministrationStore::new(database.pool.clone());
    let holders = store.role_holders().await.unwrap();
    assert_eq!(holders.len(), 1);
    let email = holders[0].email.clone();
    let change = |role| ChangeRole {
        email: email.clone(),
        role,
        reason: "Other duties.".parse().unwrap(),
        at: at(2),
    };
    let account = support.actor().account_id;
    for role in [Some(Role::Admin), Some(Role::Admin), None, None] {
        assert!(store.change_role(change(role)).await.unwrap());
        assert_eq!(store.role(account).await.unwrap(), role);
    }
    let unknown = ChangeRole {
        email: "nobody@example.com".parse().unwrap(),
        ..change(None)
    };
    assert!(!store.change_role(unknown).await.unwrap());
    let audited: i64 = database
        .value("SELECT count(*) FROM audit_events WHERE action LIKE 'role_%'")
        .await;
    assert_eq!(audited, 3);
    let reason: String = database
        .value("SELECT reason FROM audit_events WHERE action = 'role_revoked'")
        .await;
    assert_eq!(reason, "Other duties.");
    let found = database.accounts().find_credentials(&email).await.unwrap();
    assert!(!found.unwrap().is_suspended);
}
