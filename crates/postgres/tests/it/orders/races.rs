//! Everybody at once: what the locks promise.

use futures::future::join_all;
use udam_domain::id::RefundId;
use udam_domain::listing::ListingState;
use udam_domain::order::{
    CancelOrder, OrderState, PlacedOrder, RefundOrder, Rejection, ReturnedUnits,
};
use udam_domain::{ChangeOrderError, OrderReader, OrderStore, PlaceOrderError};

use super::world::{World, actor, at, fresh_uuid, keyed, lapsed, order_for};

type Placed = Result<PlacedOrder, PlaceOrderError>;

fn count(answers: &[Placed], wanted: fn(&Placed) -> bool) -> usize {
    answers.iter().filter(|answer| wanted(answer)).count()
}

fn is_sold_out(answer: &Placed) -> bool {
    matches!(
        answer,
        Err(PlaceOrderError::Rejected(
            Rejection::InsufficientUnits { .. }
        ))
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_get_exactly_the_fifty_units_there_are() {
    let world = World::new().await;
    let listing = world.listing(world.party().await, 100, 50).await;
    let buyers = join_all((0..200).map(|_| world.party())).await;
    let orders = buyers
        .iter()
        .map(|buyer| world.orders.place(order_for(*buyer, listing, 1)));
    let answers = join_all(orders).await;
    assert_eq!(count(&answers, Result::is_ok), 50);
    assert_eq!(count(&answers, is_sold_out), 150);
    assert_eq!(world.stock(listing).await, (0, 0, 50, 5_000));
    world.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_idempotency_key_makes_one_order_however_often_it_is_sent_at_once() {
    let world = World::new().await;
    let listing = world.listing(world.party().await, 100, 50).await;
    let buyer = world.party().await;
    let orders = (0..40).map(|_| {
        world
            .orders
            .place(keyed(order_for(buyer, listing, 2), "one and only"))
    });
    let answers: Vec<PlacedOrder> = join_all(orders)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(
        answers
            .iter()
            .all(|answer| answer.order == answers[0].order)
    );
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    assert_eq!(world.stock(listing).await, (48, 0, 2, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_for_two_listings_at_once_makes_one_order() {
    let world = World::new().await;
    let seller = world.party().await;
    let buyer = world.party().await;
    let listings = [
        world.listing(seller, 100, 50).await,
        world.listing(seller, 100, 50).await,
    ];
    let orders = (0..20).map(|n| {
        world
            .orders
            .place(keyed(order_for(buyer, listings[n % 2], 1), "contested"))
    });
    let answers = join_all(orders).await;
    assert_eq!(
        count(
            &answers,
            |answer| matches!(answer, Ok(placed) if !placed.replayed)
        ),
        1
    );
    let is_reused = |answer: &Placed| matches!(answer, Err(PlaceOrderError::IdempotencyKeyReused));
    assert_eq!(count(&answers, is_reused), 10);
    world.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_s_tab_stays_within_its_limit_across_listings() {
    let world = World::new().await;
    let seller = world.party().await;
    let buyer = world.party().await;
    let listings = join_all((0..5).map(|_| world.listing(seller, 400, 100))).await;
    let orders = (0..40).map(|n| world.orders.place(order_for(buyer, listings[n % 5], 1)));
    let answers = join_all(orders).await;
    // Six orders of 4.00 fit a tab of 25.00; the others are sent to pay.
    let instant = |answer: &Placed| matches!(answer, Ok(placed) if placed.order.state == OrderState::Fulfilled);
    assert_eq!(count(&answers, instant), 6);
    assert_eq!(
        world
            .reader
            .tab(buyer.id)
            .await
            .unwrap()
            .unwrap()
            .open
            .minor(),
        2_400
    );
    world.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_canceled_and_lapses_at_once_gives_its_units_back_once() {
    let world = World::new().await;
    let listing = world.listing(world.party().await, 1_000, 60).await;
    let buyer = world.party().await;
    let mut placed = Vec::new();
    for _ in 0..20 {
        placed.push(
            world
                .orders
                .place(order_for(buyer, listing, 3))
                .await
                .unwrap()
                .order
                .id,
        );
    }
    assert_eq!(world.stock(listing).await, (0, 60, 0, 0));
    let cancel = |order_id| CancelOrder {
        order_id,
        buyer: actor(buyer.id),
        at: at(3_600),
    };
    let canceling = join_all(placed.iter().map(|id| world.orders.cancel(cancel(*id))));
    let sweeps = join_all((0..4).map(|_| world.orders.release_lapsed(lapsed(at(3_600), 7))));
    let (canceled, released) = tokio::join!(canceling, sweeps);
    let canceled = canceled.iter().filter(|answer| answer.is_ok()).count();
    let released: usize = released
        .into_iter()
        .map(|released| released.unwrap().len())
        .sum();
    assert_eq!(canceled + released, 20);
    assert_eq!(world.stock(listing).await, (60, 0, 0, 0));
    world.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_refunded_twenty_times_at_once_is_refunded_once() {
    let world = World::new().await;
    let seller = world.party().await;
    let listing = world.listing(seller, 100, 5).await;
    let buyer = world.party().await;
    let order_id = world
        .orders
        .place(order_for(buyer, listing, 4))
        .await
        .unwrap()
        .order
        .id;
    let refund = RefundOrder {
        order_id,
        seller: actor(seller.id),
        at: at(2),
        units: ReturnedUnits::ForSale,
        refund_id: RefundId::from_uuid(fresh_uuid()),
    };
    let answers = join_all((0..20).map(|_| world.orders.refund(refund))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(world.stock(listing).await, (5, 0, 0, 0));
    assert_eq!(
        world
            .reader
            .tab(buyer.id)
            .await
            .unwrap()
            .unwrap()
            .open
            .minor(),
        0
    );
    world.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_leaves_the_order_whole_or_not_there() {
    let world = World::new().await;
    let listing = world.listing(world.party().await, 10, 1_000).await;
    let buyer = world.party().await;
    for patience in 0..60_u64 {
        let placing = world.orders.place(order_for(buyer, listing, 1));
        let patience = std::time::Duration::from_micros(patience * 50);
        let _ = tokio::time::timeout(patience, placing).await;
    }
    // Whoever was still waiting is done when this one is: orders of one buyer queue at the tab.
    world
        .orders
        .place(order_for(buyer, listing, 1))
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    world.assert_books_balance().await;
    let (available, held, sold, _) = world.stock(listing).await;
    assert_eq!((available + sold, held), (1_000, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_listing_refuses_every_order_that_starts_later() {
    let world = World::new().await;
    let seller = world.party().await;
    let listing = world.listing(seller, 10, 1_000_000).await;
    let buyers = join_all((0..8).map(|_| world.party())).await;
    let rush = join_all(
        buyers
            .iter()
            .map(|buyer| world.orders.place(order_for(*buyer, listing, 1))),
    );
    let (_, ()) = tokio::join!(rush, world.put(listing, seller.id, ListingState::Paused));
    let late = join_all(
        buyers
            .iter()
            .map(|buyer| world.orders.place(order_for(*buyer, listing, 1))),
    );
    let refused = |answer: &Placed| {
        matches!(
            answer,
            Err(PlaceOrderError::Rejected(Rejection::ListingUnavailable))
        )
    };
    assert_eq!(count(&late.await, refused), 8);
}

#[tokio::test]
async fn only_the_buyer_cancels_and_only_the_seller_refunds() {
    let world = World::new().await;
    let (seller, buyer, thief) = (
        world.party().await,
        world.party().await,
        world.party().await,
    );
    let listing = world.listing(seller, 1_000, 5).await;
    let order_id = world
        .orders
        .place(order_for(buyer, listing, 1))
        .await
        .unwrap()
        .order
        .id;
    for other in [seller, thief] {
        let cancel = CancelOrder {
            order_id,
            buyer: actor(other.id),
            at: at(2),
        };
        let answer = world.orders.cancel(cancel).await;
        assert!(
            matches!(answer, Err(ChangeOrderError::NotFound)),
            "{answer:?}"
        );
    }
    for other in [buyer, thief] {
        let seller = actor(other.id);
        let refund = RefundOrder {
            order_id,
            seller,
            at: at(2),
            units: ReturnedUnits::ForSale,
            refund_id: RefundId::from_uuid(fresh_uuid()),
        };
        let answer = world.orders.refund(refund).await;
        assert!(
            matches!(answer, Err(ChangeOrderError::NotFound)),
            "{answer:?}"
        );
    }
    assert!(
        world
            .reader
            .find(order_id, thief.id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        world
            .reader
            .find(order_id, seller.id)
            .await
            .unwrap()
            .is_some()
    );
}
