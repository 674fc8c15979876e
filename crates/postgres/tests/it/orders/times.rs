//! Times of placing, fulfilment and closing: a write returns the times that a later read finds.

use udam_domain::id::RefundId;
use udam_domain::order::{CancelOrder, CanceledBy, Order, RefundOrder, RefundedBy, ReturnedUnits};
use udam_domain::time::Timestamp;
use udam_domain::{OrderReader, OrderStore};

use super::market::{Market, Party, actor, at, fresh_uuid, lapsed, order_for};
use super::model::RESERVATION_SECONDS;

type Times = (Timestamp, Option<Timestamp>, Option<Timestamp>);

fn times(order: &Order) -> Times {
    (order.created_at, order.fulfilled_at, order.closed_at)
}

impl Market {
    async fn bought(&self, buyer: Party, seller: Party, price: i64) -> Order {
        let listing = self.listing(seller, price, 5).await;
        let order = order_for(buyer, listing, 1);
        self.orders.place(order).await.unwrap().order
    }

    async fn read(&self, order: &Order) -> Order {
        let found = self.reader.find(order.id, order.buyer_id).await;
        found.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_placed_order_has_the_times_that_are_read_later() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let small = market.bought(buyer, seller, 100).await;
    assert_eq!(times(&small), (at(1), Some(at(1)), None));
    assert_eq!(small, market.read(&small).await);
    let refund = RefundOrder {
        order_id: small.id,
        by: RefundedBy::Seller(actor(seller.id)),
        at: at(90),
        units: ReturnedUnits::StaySold,
        refund_id: RefundId::from_uuid(fresh_uuid()),
    };
    let refunded = market.orders.refund(refund).await.unwrap();
    assert_eq!(times(&refunded), (at(1), Some(at(1)), Some(at(90))));
    assert_eq!(refunded, market.read(&refunded).await);

    let large = market.bought(buyer, seller, 900).await;
    assert_eq!(times(&large), (at(1), None, None));
    assert_eq!(large, market.read(&large).await);
    let cancel = |seconds| CancelOrder {
        order_id: large.id,
        by: CanceledBy::Party(actor(buyer.id)),
        at: at(seconds),
    };
    let canceled = market.orders.cancel(cancel(60)).await.unwrap();
    assert_eq!(times(&canceled), (at(1), None, Some(at(60))));
    assert_eq!(canceled, market.read(&canceled).await);
    let again = market.orders.cancel(cancel(70)).await.unwrap();
    assert_eq!(again, canceled);
    let audited = market.database.audited().await;
    let canceled = audited.iter().filter(|action| *action == "order_canceled");
    assert_eq!(canceled.count(), 1);
}

#[tokio::test]
async fn an_order_that_lapses_is_closed_when_it_is_released() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let large = market.bought(buyer, seller, 900).await;
    let released = at(RESERVATION_SECONDS + 100);
    market
        .orders
        .release_lapsed(lapsed(released, 10))
        .await
        .unwrap();
    let expired = market.read(&large).await;
    assert_eq!(times(&expired), (at(1), None, Some(released)));
}
