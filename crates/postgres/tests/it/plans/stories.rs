//! Plans of stories and searches: along one index each, no further than a page goes.

use udam_domain::administration::{HitKind, Lookup, StoryId};
use udam_domain::audit::{AuditAction, AuditQuery};
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::page::PageRequest;
use udam_domain::payment::EventState;
use udam_domain::{AlertStore, AuditReader, EventInbox, StoryReader, WhichAlerts};
use udam_postgres::{PgAlertStore, PgAuditTrail, PgEventInbox, PgStoryReader};
use uuid::Uuid;

use super::grown::{PAGE, grown, new_year};
use crate::orders::market::policy;

#[tokio::test]
async fn everything_is_found_along_an_index_by_its_exact_name() {
    let grown = grown().await;
    let text = async |statement: &str| grown.all::<String>(statement, &[]).await.remove(0);
    let id = async |table: &str| {
        let first = format!("SELECT id FROM {table} ORDER BY id LIMIT 1");
        grown.all::<Uuid>(&first, &[]).await[0]
    };
    let order = id("orders").await;
    let call = id("calls").await;
    let email = text("SELECT email FROM accounts ORDER BY id LIMIT 1").await;
    // The payment of a tab, with its orders of a week.
    let payment = text(
        "SELECT c.payment FROM charges c JOIN orders o ON o.charge_id = c.id
        WHERE c.order_id IS NULL AND c.state = 'paid' GROUP BY c.id ORDER BY count(*) DESC LIMIT 1",
    )
    .await;
    let session =
        text("SELECT session FROM charges WHERE order_id IS NOT NULL ORDER BY id LIMIT 1").await;
    let refund = text("SELECT reference FROM refunds WHERE reference IS NOT NULL LIMIT 1").await;
    let event = text("SELECT id FROM received_events ORDER BY id LIMIT 1").await;
    let bounds = [
        ("stories::by_id", 3),
        ("stories::by_email", 1),
        (
            "stories::by_reference",
            2 * u64::from(Lookup::MOST_HITS) + 6,
        ),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let reader = PgStoryReader::new(pool);
        let find = async |lookup: Lookup| reader.find(&lookup).await.unwrap();
        let by_id = find(Lookup::Id(order, None)).await;
        assert_eq!(by_id[0].story, StoryId::Order(OrderId::from_uuid(order)));
        let called = find(Lookup::Id(call, Some(HitKind::Call))).await;
        assert_eq!(called[0].kind, HitKind::Call);
        assert_eq!(find(email.parse().unwrap()).await.len(), 1);
        for (reference, kind) in [
            (&payment, HitKind::Payment),
            (&session, HitKind::Payment),
            (&refund, HitKind::Refund),
            (&event, HitKind::Event),
        ] {
            let hits = find(reference.parse().unwrap()).await;
            assert!(hits.iter().any(|hit| hit.kind == kind), "{hits:?}");
            assert!(hits.len() <= Lookup::MOST_HITS.into());
        }
        assert_eq!(find("pi_unknown".parse().unwrap()).await, []);
    });
    held.await;
}

#[tokio::test]
async fn a_story_reads_a_page_of_each_source() {
    let grown = grown().await;
    let buyer = grown.busiest("orders", "buyer_id").await;
    let order: Uuid = grown
        .all(
            "SELECT o.id FROM orders o JOIN charges c ON c.id = o.charge_id
            WHERE c.order_id = o.id AND c.state = 'paid' ORDER BY o.id LIMIT 1",
            &[],
        )
        .await[0];
    let busiest = "SELECT listing_id FROM stock_changes GROUP BY 1 ORDER BY count(*) DESC LIMIT 1";
    let listing: Uuid = grown.all(busiest, &[]).await[0];
    let bounds = [
        ("stories::order", 7),
        ("stories::account", 2),
        ("stories::listing", 3),
        // Up to twenty rows that belong to an order, and a page of what is audited of each part.
        ("stories::history_of_order", 20 + 3 * PAGE),
        ("stories::history_of_account", 4 * PAGE + 20),
        ("stories::history_of_listing", 2 * PAGE + 1),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let reader = PgStoryReader::new(pool);
        let page = PageRequest::default();
        let story = reader.order(OrderId::from_uuid(order), page).await;
        assert!(story.unwrap().unwrap().history.items.len() > 4);
        let story = reader.listing(ListingId::from_uuid(listing), page).await;
        assert!(!story.unwrap().unwrap().history.items.is_empty());
        let first = reader.account(buyer, page).await.unwrap().unwrap();
        let mut after = first.history.next;
        assert!(after.is_some());
        // Deep pages cost what the first does.
        for _ in 0..4 {
            let page = PageRequest {
                after,
                ..PageRequest::default()
            };
            after = reader
                .account(buyer, page)
                .await
                .unwrap()
                .unwrap()
                .history
                .next;
        }
    });
    held.await;
}

#[tokio::test]
async fn the_audit_trail_is_searched_along_an_index_whatever_is_searched_by() {
    let grown = grown().await;
    let buyer = grown.busiest("orders", "buyer_id").await;
    let order: Uuid = grown
        .all(
            "SELECT t.order_id FROM tokens t JOIN audit_events a ON a.subject_id = t.id ORDER BY a.id LIMIT 1",
            &[],
        )
        .await[0];
    let bounds = [
        ("audit_trail::search", PAGE + 1),
        ("audit_trail::parts_of_order", 2),
        ("audit_trail::before", 1),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let trail = PgAuditTrail::new(pool);
        let all = AuditQuery::default();
        let searches = [
            all,
            AuditQuery {
                until: Some(new_year()),
                ..all
            },
            AuditQuery {
                account: Some(buyer),
                ..all
            },
            AuditQuery {
                account: Some(AccountId::from_uuid(buyer.uuid())),
                since: Some("2025-06-01T00:00:00Z".parse().unwrap()),
                until: Some("2025-06-03T00:00:00Z".parse().unwrap()),
                ..all
            },
            AuditQuery {
                order: Some(OrderId::from_uuid(order)),
                ..all
            },
            AuditQuery {
                action: Some(AuditAction::LoggedIn),
                ..all
            },
        ];
        for query in searches {
            let first = trail.search(query, PageRequest::default()).await.unwrap();
            assert!(!first.items.is_empty(), "{query:?}");
            let page = PageRequest {
                after: first.next,
                ..PageRequest::default()
            };
            trail.search(query, page).await.unwrap();
        }
    });
    held.await;
}

#[tokio::test]
async fn events_and_alerts_are_listed_along_an_index() {
    let grown = grown().await;
    let bounds = [("PgEventInbox::", PAGE), ("PgAlertStore::page", PAGE)];
    let held = grown.hold(&bounds, async |pool, _| {
        let inbox = PgEventInbox::new(pool.clone(), policy());
        let alerts = PgAlertStore::new(pool);
        for state in [None, Some(EventState::Ignored)] {
            let first = inbox.list(state, PageRequest::default()).await.unwrap();
            assert_eq!(first.items.len(), 20);
            let known = inbox.find(&first.items[0].id).await.unwrap();
            assert_eq!(known.as_ref(), first.items.first());
        }
        for which in [WhichAlerts::Open, WhichAlerts::All] {
            let first = alerts.page(which, PageRequest::default()).await.unwrap();
            assert_eq!(first.items.len(), 20);
        }
    });
    held.await;
}
