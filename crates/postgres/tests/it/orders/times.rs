//! When an order was placed, fulfilled and closed: what is told as it happens is what is read afterwards.

use udam_domain::id::RefundId;
use udam_domain::order::{CancelOrder, Order, RefundOrder, ReturnedUnits};
use udam_domain::time::Timestamp;
use udam_domain::{OrderReader, OrderStore};

use super::model::RESERVATION_SECONDS;
use super::world::{Party, World, actor, at, fresh_uuid, lapsed, order_for};

type Times = (Timestamp, Option<Timestamp>, Option<Timestamp>);

fn times(order: &Order) -> Times {
    (order.created_at, order.fulfilled_at, order.closed_at)
}

impl World {
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
async fn an_order_answers_with_the_times_that_are_read_of_it() {
    let world = World::new().await;
    let (seller, buyer) = (world.party().await, world.party().await);
    let small = world.bought(buyer, seller, 100).await;
    assert_eq!(times(&small), (at(1), Some(at(1)), None));
    assert_eq!(small, world.read(&small).await);
    let refund = RefundOrder {
        order_id: small.id,
        seller: actor(seller.id),
        at: at(90),
        units: ReturnedUnits::StaySold,
        refund_id: RefundId::from_uuid(fresh_uuid()),
    };
    let refunded = world.orders.refund(refund).await.unwrap();
    assert_eq!(times(&refunded), (at(1), Some(at(1)), Some(at(90))));
    assert_eq!(refunded, world.read(&refunded).await);

    let large = world.bought(buyer, seller, 900).await;
    assert_eq!(times(&large), (at(1), None, None));
    assert_eq!(large, world.read(&large).await);
    let cancel = |seconds| CancelOrder {
        order_id: large.id,
        buyer: actor(buyer.id),
        at: at(seconds),
    };
    let canceled = world.orders.cancel(cancel(60)).await.unwrap();
    assert_eq!(times(&canceled), (at(1), None, Some(at(60))));
    assert_eq!(canceled, world.read(&canceled).await);
    let again = world.orders.cancel(cancel(70)).await.unwrap();
    assert_eq!(again, canceled);
}

#[tokio::test]
async fn an_order_that_lapses_is_closed_when_it_is_released() {
    let world = World::new().await;
    let (seller, buyer) = (world.party().await, world.party().await);
    let large = world.bought(buyer, seller, 900).await;
    let released = at(RESERVATION_SECONDS + 100);
    world
        .orders
        .release_lapsed(lapsed(released, 10))
        .await
        .unwrap();
    let expired = world.read(&large).await;
    assert_eq!(times(&expired), (at(1), None, Some(released)));
}
