//! Reading the audit trail, and the records of single actions.

use udam_domain::audit::{AuditAction, AuditQuery, AuditRecord};
use udam_domain::listing::{Change, DetailsEdit, EditListing, ListingEdit};
use udam_domain::policy::Endpoints;
use udam_domain::time::Timestamp;
use udam_domain::token::{RevealKey, TokenState};
use udam_domain::{ListingStore, TokenStore};
use udam_postgres::PgAuditTrail;
use uuid::Uuid;

use crate::fixtures::{actor, at, new_listing, unlimited, usd};
use crate::harness::Database;

async fn read(database: &Database, query: AuditQuery) -> Vec<AuditRecord> {
    let trail = PgAuditTrail::new(database.pool.clone());
    trail.page(&query, None).await.unwrap()
}

fn actions(records: &[AuditRecord]) -> Vec<AuditAction> {
    records.iter().map(|record| record.action).collect()
}

#[tokio::test]
async fn publishing_and_changes_of_price_and_address_are_audited() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let listing = new_listing(seller);
    let id = listing.id;
    database
        .listings()
        .publish(listing, unlimited())
        .await
        .unwrap();
    let edit = |details: DetailsEdit| EditListing {
        listing_id: id,
        edit: ListingEdit {
            details,
            ..ListingEdit::default()
        },
        callable_key: None,
        seller: actor(seller),
        endpoints: Endpoints::Public,
        at: at(60),
    };
    let unchanged = DetailsEdit {
        price_per_unit: Change::To(usd("2.50")),
        description: Change::To(None),
        ..DetailsEdit::default()
    };
    let changed = DetailsEdit {
        price_per_unit: Change::To(usd("3.00")),
        endpoint_url: Change::To(None),
        ..DetailsEdit::default()
    };
    for details in [unchanged, changed] {
        database.listings().edit(edit(details)).await.unwrap();
    }
    let records = read(&database, AuditQuery::default()).await;
    let expected = [
        AuditAction::ListingPublished,
        AuditAction::PriceChanged,
        AuditAction::EndpointChanged,
    ];
    assert_eq!(actions(&records), expected);
    for record in &records {
        assert_eq!(record.account_id, Some(seller));
        assert_eq!(record.subject, Some(id.uuid()));
    }
}

#[tokio::test]
async fn a_listing_is_not_published_when_that_cannot_be_audited() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    database.fail_audit(AuditAction::ListingPublished).await;
    let published = database
        .listings()
        .publish(new_listing(seller), unlimited())
        .await;
    assert!(published.is_err());
    assert_eq!(database.count("listings").await, 0);
}

#[tokio::test]
async fn the_trail_is_read_by_account_by_order_and_by_time() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let (buyer, _) = database.account().await;
    let listing = database.listing(seller, |_| {}).await;
    let token = database.token(buyer, &listing, TokenState::Active).await;
    let order: Uuid = database.value("SELECT id FROM orders").await;
    for seconds in [10, 20] {
        let reveal = RevealKey {
            token_id: token,
            buyer: actor(buyer),
            at: at(seconds),
            first_key: None,
        };
        database.tokens().reveal(reveal).await.unwrap();
    }
    // Written by hand, as Stripe's report of a dispute and a failed login are.
    database
        .run(
            "INSERT INTO audit_events (at, action, subject_id)
            VALUES ($1, 'dispute_opened', $2), ($1, 'log_in_failed', $3), ($1, 'log_in_failed', NULL)",
            &[&at(30), &order, &buyer.uuid()],
        )
        .await;
    let of_order = AuditQuery {
        order: Some(udam_domain::id::OrderId::from_uuid(order)),
        ..AuditQuery::default()
    };
    let records = read(&database, of_order).await;
    let revealed = AuditAction::KeyRevealed;
    assert_eq!(
        actions(&records),
        [revealed, revealed, AuditAction::DisputeOpened]
    );
    let of_buyer = AuditQuery {
        account: Some(buyer),
        ..AuditQuery::default()
    };
    let records = read(&database, of_buyer).await;
    assert_eq!(
        actions(&records),
        [revealed, revealed, AuditAction::LogInFailed]
    );
    let period = |since: Option<Timestamp>, until: Option<Timestamp>| AuditQuery {
        since,
        until,
        ..AuditQuery::default()
    };
    for (query, count) in [
        (period(None, None), 5),
        (period(Some(at(20)), None), 4),
        (period(None, Some(at(20))), 1),
        (period(Some(at(20)), Some(at(30))), 1),
    ] {
        assert_eq!(read(&database, query).await.len(), count, "{query:?}");
    }
}

#[tokio::test]
async fn a_long_trail_is_read_page_by_page() {
    let database = Database::fresh().await;
    let all = PgAuditTrail::PAGE_SIZE + 1;
    database
        .run(
            "INSERT INTO audit_events (at, action)
            SELECT $1, 'log_in_failed' FROM generate_series(1, $2::bigint)",
            &[&at(0), &i64::try_from(all).unwrap()],
        )
        .await;
    let trail = PgAuditTrail::new(database.pool.clone());
    let query = AuditQuery::default();
    let first = trail.page(&query, None).await.unwrap();
    assert_eq!(first.len(), PgAuditTrail::PAGE_SIZE);
    let last = first.last().unwrap().number;
    let second = trail.page(&query, Some(last)).await.unwrap();
    assert_eq!(second.len(), 1);
    assert!(second[0].number > last);
}
