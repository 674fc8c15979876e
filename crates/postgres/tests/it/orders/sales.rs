//! Daily sales of a seller.

use udam_domain::id::{ListingId, OrderId, RefundId};
use udam_domain::order::{
    DailySales, Order, PlaceOrder, RefundOrder, RefundedBy, ReturnedUnits, SalesPeriod,
};
use udam_domain::page::PageRequest;
use udam_domain::time::Timestamp;
use udam_domain::{Entropy, OrderReader, OrderStore};

use super::market::{Market, Party, actor, at, dollars, fresh_uuid, order_for};

/// A counter, so that identifiers of one instant differ.
struct Counting;

impl Entropy for Counting {
    fn fill(&self, destination: &mut [u8]) {
        let start = destination.len() - 8;
        destination[start..].copy_from_slice(&fresh_uuid().as_bytes()[8..]);
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn sales(day: &str, units: u64, minor: i64) -> DailySales {
    DailySales {
        day: day.parse().unwrap(),
        units,
        revenue: dollars(minor),
    }
}

impl Market {
    async fn buy(&self, buyer: Party, listing: ListingId, units: i64, placed: &str) -> Order {
        let placed_at = instant(placed);
        let order = PlaceOrder {
            order_id: OrderId::mint(placed_at, &Counting),
            placed_at,
            ..order_for(buyer, listing, units)
        };
        self.orders.place(order).await.unwrap().order
    }

    async fn sales(&self, seller: Party, since: &str) -> Vec<DailySales> {
        let sold = self.reader.daily_sales(seller.id, instant(since)).await;
        sold.unwrap()
    }
}

#[tokio::test]
async fn sales_are_counted_on_the_utc_day_of_their_orders() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let cheap = market.listing(seller, 100, 50).await;
    let dear = market.listing(seller, 150, 50).await;
    market.buy(buyer, cheap, 2, "2028-03-01T00:00:00Z").await;
    market
        .buy(buyer, dear, 1, "2028-03-01T23:59:59.999999Z")
        .await;
    market.buy(buyer, cheap, 1, "2028-02-28T12:00:00Z").await;

    assert_eq!(
        market.sales(seller, "2028-02-01T00:00:00Z").await,
        [sales("2028-02-28", 1, 100), sales("2028-03-01", 3, 350)]
    );
    assert_eq!(
        market.sales(seller, "2028-03-01T00:00:00Z").await,
        [sales("2028-03-01", 3, 350)]
    );
    assert!(
        market
            .sales(seller, "2028-03-02T00:00:00Z")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn sales_include_the_first_instant_of_the_period() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let listing = market.listing(seller, 100, 50).await;
    // All in one millisecond, the resolution of identifiers.
    for (units, placed) in [
        (1, "2028-03-01T10:00:00.000499Z"),
        (2, "2028-03-01T10:00:00.0005Z"),
        (3, "2028-03-01T10:00:00.000501Z"),
    ] {
        market.buy(buyer, listing, units, placed).await;
    }
    assert_eq!(
        market.sales(seller, "2028-03-01T10:00:00.0005Z").await,
        [sales("2028-03-01", 5, 500)]
    );
    // As are the sales themselves, up to the last instant before its end.
    for (from, before, expected) in [
        (Some("2028-03-01T10:00:00.0005Z"), None, vec![3, 2]),
        (None, Some("2028-03-01T10:00:00.000501Z"), vec![2, 1]),
        (None, Some("2028-03-01T10:00:00Z"), vec![]),
        (
            Some("2028-03-01T10:00:00Z"),
            Some("2028-03-01T10:00:01Z"),
            vec![3, 2, 1],
        ),
    ] {
        let period = SalesPeriod {
            from: from.map(instant),
            before: before.map(instant),
        };
        let page = market
            .reader
            .of_seller(seller.id, period, PageRequest::default());
        let sales = page.await.unwrap().items;
        let units: Vec<u32> = sales.iter().map(|sale| sale.order.units.get()).collect();
        assert_eq!(units, expected, "{period:?}");
    }
}

#[tokio::test]
async fn only_orders_of_the_seller_that_are_sold_are_counted() {
    let market = Market::new().await;
    let (seller, other, buyer) = (
        market.party().await,
        market.party().await,
        market.party().await,
    );
    let listing = market.listing(seller, 100, 50).await;
    let elsewhere = market.listing(other, 100, 50).await;
    let placed = "2028-03-01T10:00:00Z";
    market.buy(buyer, listing, 1, placed).await;
    market.buy(buyer, elsewhere, 2, placed).await;
    let waiting = market.buy(buyer, listing, 9, placed).await;
    let refunded = market.buy(buyer, listing, 4, placed).await;
    let sold = async || market.sales(seller, "2028-03-01T00:00:00Z").await;
    assert_eq!(sold().await, [sales("2028-03-01", 5, 500)]);

    let refund = RefundOrder {
        order_id: refunded.id,
        by: RefundedBy::Seller(actor(seller.id)),
        at: at(1),
        units: ReturnedUnits::StaySold,
        refund_id: RefundId::from_uuid(fresh_uuid()),
    };
    market.orders.refund(refund).await.unwrap();
    // The units stay sold, and are no revenue any more.
    assert_eq!(sold().await, [sales("2028-03-01", 5, 100)]);

    let paid_the_day_after =
        "UPDATE orders SET state = 'fulfilled', lapses_at = NULL WHERE id = $1";
    let order = waiting.id.uuid();
    assert_eq!(market.database.run(paid_the_day_after, &[&order]).await, 1);
    assert_eq!(sold().await, [sales("2028-03-01", 14, 1_000)]);
}
