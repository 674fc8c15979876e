use udam_domain::audit::Actor;
use udam_domain::id::{AccountId, OrderId, RefundId};
use udam_domain::order::{
    CancelOrder, CanceledBy, RefundOrder, RefundedBy, ReturnedUnits, SalesPeriod,
};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::{OrderReader, OrderStore};
use udam_postgres::{PgOrderReader, PgOrderStore};
use uuid::Uuid;

use super::grown::{PAGE, grown, new_year};
use crate::orders::market::{fresh_uuid, policy, session_policy};

/// Rows read for an order: itself, its listing, token, charge and refund.
const WHOLE: u64 = 5;

#[tokio::test]
async fn the_orders_of_a_buyer_and_of_a_seller_are_read_along_their_index_at_any_depth() {
    let grown = grown().await;
    for (column, name) in [
        ("buyer_id", "PgOrderReader::of_buyer"),
        ("seller_id", "PgOrderReader::of_seller"),
    ] {
        let party = grown.busiest("orders", column).await;
        let middle = grown.middle("orders", column, party).await;
        // A sale has its buyer as well.
        let bounds = [(name, (WHOLE + 1) * PAGE)];
        let held = grown.hold(&bounds, async |pool, _| {
            let reader = PgOrderReader::new(pool);
            for after in [None, Some(OrderId::from_uuid(middle))] {
                let limit = PageLimit::default();
                let page = PageRequest { after, limit };
                let found = if column == "buyer_id" {
                    reader.of_buyer(party, page).await.unwrap().items.len()
                } else {
                    let always = SalesPeriod::default();
                    let sales = reader.of_seller(party, always, page).await;
                    sales.unwrap().items.len()
                };
                assert_eq!(found, 20);
            }
        });
        held.await;
    }
}

fn acting(account: Uuid) -> Actor {
    Actor::from(AccountId::from_uuid(account))
}

/// Two orders that match, one for each plan mode, with buyer and seller.
async fn two(condition: &str) -> Vec<(OrderId, Actor, Actor)> {
    let statement = format!(
        "SELECT id, buyer_id, seller_id FROM orders WHERE {condition} ORDER BY id DESC LIMIT 2"
    );
    let rows = grown().await.sql().await.query(&statement, &[]).await;
    let rows = rows.unwrap();
    let order = |row: &tokio_postgres::Row| {
        let parties = (acting(row.get(1)), acting(row.get(2)));
        (OrderId::from_uuid(row.get(0)), parties.0, parties.1)
    };
    rows.iter().map(order).collect()
}

#[tokio::test]
async fn an_order_is_found_canceled_and_refunded_by_id() {
    let waiting = two("state = 'awaiting_payment' AND charge_id IS NOT NULL").await;
    let paid = two("state = 'fulfilled' AND route = 'checkout'").await;
    let owed = two("state = 'fulfilled' AND route = 'tab' AND charge_id IS NULL").await;
    let bounds = [
        ("PgOrderReader::find", WHOLE),
        ("audit::record", 0),
        ("orders::", WHOLE),
        ("payments::charge::", WHOLE),
        ("payments::dispute::", WHOLE),
        ("payments::paid_charge::", WHOLE),
        ("payments::refund::", WHOLE),
    ];
    let held = grown().await.hold(&bounds, async |pool, time| {
        let reader = PgOrderReader::new(pool.clone());
        let store = PgOrderStore::new(pool, policy(), session_policy());
        let (order_id, buyer, _) = waiting[time];
        let found = reader.find(order_id, buyer.account_id).await.unwrap();
        assert_eq!(found.unwrap().id, order_id);
        let at = new_year();
        store
            .cancel(CancelOrder {
                order_id,
                by: CanceledBy::Party(buyer),
                at,
            })
            .await
            .unwrap();
        for (order_id, _, seller) in [paid[time], owed[time]] {
            let refund = RefundOrder {
                order_id,
                by: RefundedBy::Seller(seller),
                at,
                units: ReturnedUnits::ForSale,
                refund_id: RefundId::from_uuid(fresh_uuid()),
            };
            store.refund(refund).await.unwrap();
        }
    });
    held.await;
}
