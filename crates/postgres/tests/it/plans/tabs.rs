use udam_domain::TabReader;
use udam_domain::id::{AccountId, ChargeId};
use udam_domain::page::{PageLimit, PageRequest};
use udam_postgres::PgTabReader;
use uuid::Uuid;

use super::grown::{PAGE, grown};

/// Rows read for an order: itself by its charge and by its id, its listing, token and charge.
const WHOLE: u64 = 6;

/// Most orders that a week's tab holds.
const TAB: u64 = 50;

/// The account with most orders, charges or tabs of this condition.
async fn busiest(from: &str) -> AccountId {
    let statement = format!(
        "SELECT buyer_id FROM {from} GROUP BY buyer_id ORDER BY count(*) DESC, buyer_id LIMIT 1"
    );
    AccountId::from_uuid(grown().await.all::<Uuid>(&statement, &[]).await[0])
}

#[tokio::test]
async fn a_tab_is_read_along_the_orders_on_it_however_many_its_buyer_has_placed() {
    let grown = grown().await;
    let uncarried = busiest("orders WHERE route = 'tab' AND charge_id IS NULL").await;
    let carried = busiest("charges WHERE state = 'open' AND tab_minor > 0").await;
    let ordered = grown.busiest("orders", "buyer_id").await;
    let bounds = [
        ("PgTabReader::tab", 1),
        ("PgTabReader::orders", WHOLE * (PAGE + TAB)),
        ("PgTabReader::open_charges", 1),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let reader = PgTabReader::new(pool);
        for buyer in [uncarried, carried, ordered] {
            let tab = reader.tab(buyer).await.unwrap().unwrap();
            let page = PageRequest {
                after: None,
                limit: PageLimit::default(),
            };
            let first = reader.orders(buyer, page).await.unwrap();
            assert_eq!(first.items.is_empty(), tab.open.minor() == 0);
            let after = first.items.first().map(|newest| newest.order.id);
            let limit = page.limit;
            reader
                .orders(buyer, PageRequest { after, limit })
                .await
                .unwrap();
            reader.open_charges(buyer).await.unwrap();
        }
        assert!(!reader.open_charges(carried).await.unwrap().is_empty());
    });
    held.await;
}

#[tokio::test]
async fn paid_tabs_are_read_along_their_index_at_any_depth() {
    let grown = grown().await;
    let buyer = busiest("charges WHERE state = 'paid' AND tab_minor > 0").await;
    let middle = "SELECT id FROM charges WHERE buyer_id = $1 AND state = 'paid' AND tab_minor > 0
        ORDER BY id DESC OFFSET 20 LIMIT 1";
    let middle: Uuid = grown.all(middle, &[&buyer.uuid()]).await[0];
    let bounds = [
        ("PgTabReader::paid_charges", PAGE),
        ("PgTabReader::charge", 1),
        ("PgTabReader::cleared_orders", WHOLE * TAB),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let reader = PgTabReader::new(pool);
        for after in [None, Some(ChargeId::from_uuid(middle))] {
            let limit = PageLimit::default();
            let page = PageRequest { after, limit };
            let paid = reader.paid_charges(buyer, page).await.unwrap();
            assert_eq!(paid.items.len(), 20);
            let id = paid.items[0].id;
            assert!(reader.charge(id, buyer).await.unwrap().is_some());
            let cleared = reader.cleared_orders(id, buyer, PageRequest::default());
            assert!(!cleared.await.unwrap().items.is_empty());
        }
    });
    held.await;
}
