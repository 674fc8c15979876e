//! An order is placed at the price that its buyer was shown, or not at all.

use futures::future::join_all;
use udam_domain::order::{PlaceOrder, Rejection};
use udam_domain::{OrderStore, PlaceOrderError};

use super::market::{Market, Party, dollars, keyed, order_for};

fn shown(price: i64, order: PlaceOrder) -> PlaceOrder {
    PlaceOrder {
        expected_price: Some(dollars(price)),
        ..order
    }
}

#[tokio::test]
async fn an_order_at_an_outdated_price_is_rejected_and_a_placed_one_is_replayed() {
    let market = Market::new().await;
    let (seller, buyer) = (market.party().await, market.party().await);
    let listing = market.listing(seller, 1, 10).await;
    let order = |price, key| shown(price, keyed(order_for(buyer, listing, 2), key));

    let early = market.orders.place(order(1, "early")).await.unwrap();
    market.reprice(listing, seller.id, 499).await;
    let late = market.orders.place(order(1, "late")).await;
    let now = dollars(499);
    assert!(
        matches!(
            late,
            Err(PlaceOrderError::Rejected(Rejection::PriceChanged { now: current })) if current == now
        ),
        "{late:?}"
    );
    assert_eq!(market.stock(listing).await, (8, 0, 2, 2));

    let repeat = market.orders.place(order(1, "early")).await.unwrap();
    assert_eq!((repeat.order, repeat.replayed), (early.order, true));
    // The key of the order that was not placed is free.
    let agreed = market.orders.place(order(499, "late")).await.unwrap();
    assert_eq!((agreed.order.price_per_unit, agreed.replayed), (now, false));
    market.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_placed_at_the_price_shown_while_the_price_changes() {
    let market = Market::new().await;
    let seller = market.party().await;
    let listing = market.listing(seller, 1, 1_000).await;
    let buyers: Vec<Party> = join_all((0..8).map(|_| market.party())).await;
    let raising = async {
        for price in [2, 1, 2, 1, 2] {
            market.reprice(listing, seller.id, price).await;
        }
    };
    let buying = join_all(buyers.iter().map(|buyer| async {
        let mut results = Vec::new();
        for price in [1, 2].repeat(10) {
            let order = shown(price, order_for(*buyer, listing, 1));
            results.push((price, market.orders.place(order).await));
        }
        results
    }));
    let ((), results) = tokio::join!(raising, buying);
    let mut placed = 0;
    for (price, result) in results.into_iter().flatten() {
        match result {
            Ok(result) => {
                assert_eq!(result.order.price_per_unit, dollars(price));
                placed += 1;
            }
            Err(PlaceOrderError::Rejected(Rejection::PriceChanged { now })) => {
                assert_ne!(now, dollars(price));
            }
            Err(error) => panic!("{error}"),
        }
    }
    let (available, held, sold, _) = market.stock(listing).await;
    assert!(placed > 0);
    assert_eq!((available, held, sold), (1_000 - placed, 0, placed));
    market.assert_consistent().await;
}
