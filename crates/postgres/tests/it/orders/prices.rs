//! Nobody buys at a price that they were not shown, however late the seller changes it.

use futures::future::join_all;
use udam_domain::order::{PlaceOrder, Rejection};
use udam_domain::{OrderStore, PlaceOrderError};

use super::world::{Party, World, dollars, keyed, order_for};

fn shown(price: i64, order: PlaceOrder) -> PlaceOrder {
    PlaceOrder {
        expected_price: Some(dollars(price)),
        ..order
    }
}

#[tokio::test]
async fn an_order_at_a_price_that_was_raised_buys_nothing_and_one_that_was_placed_is_repeated() {
    let world = World::new().await;
    let (seller, buyer) = (world.party().await, world.party().await);
    let listing = world.listing(seller, 1, 10).await;
    let order = |price, key| shown(price, keyed(order_for(buyer, listing, 2), key));

    let early = world.orders.place(order(1, "early")).await.unwrap();
    world.reprice(listing, seller.id, 499).await;
    let late = world.orders.place(order(1, "late")).await;
    let now = dollars(499);
    assert!(
        matches!(
            late,
            Err(PlaceOrderError::Rejected(Rejection::PriceChanged { now: told })) if told == now
        ),
        "{late:?}"
    );
    assert_eq!(world.stock(listing).await, (8, 0, 2, 2));

    let repeat = world.orders.place(order(1, "early")).await.unwrap();
    assert_eq!((repeat.order, repeat.replayed), (early.order, true));
    // The key of the order that was not placed is free.
    let agreed = world.orders.place(order(499, "late")).await.unwrap();
    assert_eq!((agreed.order.price_per_unit, agreed.replayed), (now, false));
    world.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_price_changes_every_order_is_placed_at_the_one_that_its_buyer_was_shown() {
    let world = World::new().await;
    let seller = world.party().await;
    let listing = world.listing(seller, 1, 1_000).await;
    let buyers: Vec<Party> = join_all((0..8).map(|_| world.party())).await;
    let raising = async {
        for price in [2, 1, 2, 1, 2] {
            world.reprice(listing, seller.id, price).await;
        }
    };
    let buying = join_all(buyers.iter().map(|buyer| async {
        let mut answers = Vec::new();
        for price in [1, 2].repeat(10) {
            let order = shown(price, order_for(*buyer, listing, 1));
            answers.push((price, world.orders.place(order).await));
        }
        answers
    }));
    let ((), answers) = tokio::join!(raising, buying);
    let mut placed = 0;
    for (price, answer) in answers.into_iter().flatten() {
        match answer {
            Ok(answer) => {
                assert_eq!(answer.order.price_per_unit, dollars(price));
                placed += 1;
            }
            Err(PlaceOrderError::Rejected(Rejection::PriceChanged { now })) => {
                assert_ne!(now, dollars(price));
            }
            Err(error) => panic!("{error}"),
        }
    }
    let (available, held, sold, _) = world.stock(listing).await;
    assert!(placed > 0);
    assert_eq!((available, held, sold), (1_000 - placed, 0, placed));
    world.assert_books_balance().await;
}
