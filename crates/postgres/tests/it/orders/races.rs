//! Concurrent orders, cancellations and refunds.

use futures::future::join_all;
use udam_domain::id::RefundId;
use udam_domain::listing::ListingState;
use udam_domain::order::{
    CancelOrder, CanceledBy, OrderState, PlacedOrder, RefundOrder, RefundedBy, Rejection,
    ReturnedUnits,
};
use udam_domain::{ChangeOrderError, OrderReader, OrderStore, PlaceOrderError, TabReader};

use super::market::{Market, actor, at, fresh_uuid, keyed, lapsed, order_for};

type Placed = Result<PlacedOrder, PlaceOrderError>;

fn count(results: &[Placed], wanted: fn(&Placed) -> bool) -> usize {
    results.iter().filter(|result| wanted(result)).count()
}

fn is_sold_out(result: &Placed) -> bool {
    matches!(
        result,
        Err(PlaceOrderError::Rejected(
            Rejection::InsufficientUnits { .. }
        ))
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_get_exactly_the_fifty_available_units() {
    let market = Market::new().await;
    let listing = market.listing(market.party().await, 100, 50).await;
    let buyers = join_all((0..200).map(|_| market.party())).await;
    let orders = buyers
        .iter()
        .map(|buyer| market.orders.place(order_for(*buyer, listing, 1)));
    let results = join_all(orders).await;
    assert_eq!(count(&results, Result::is_ok), 50);
    assert_eq!(count(&results, is_sold_out), 150);
    assert_eq!(market.stock(listing).await, (0, 0, 50, 5_000));
    market.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_repeats_of_one_idempotency_key_place_one_order() {
    let market = Market::new().await;
    let listing = market.listing(market.party().await, 100, 50).await;
    let buyer = market.party().await;
    let orders = (0..40).map(|_| {
        market
            .orders
            .place(keyed(order_for(buyer, listing, 2), "one and only"))
    });
    let results: Vec<PlacedOrder> = join_all(orders)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(
        results
            .iter()
            .all(|result| result.order == results[0].order)
    );
    assert_eq!(results.iter().filter(|result| !result.replayed).count(), 1);
    assert_eq!(market.stock(listing).await, (48, 0, 2, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_idempotency_key_for_two_listings_at_once_places_one_order() {
    let market = Market::new().await;
    let seller = market.party().await;
    let buyer = market.party().await;
    let listings = [
        market.listing(seller, 100, 50).await,
        market.listing(seller, 100, 50).await,
    ];
    let orders = (0..20).map(|n| {
        market
            .orders
            .place(keyed(order_for(buyer, listings[n % 2], 1), "contested"))
    });
    let results = join_all(orders).await;
    assert_eq!(
        count(
            &results,
            |result| matches!(result, Ok(placed) if !placed.replayed)
        ),
        1
    );
    let is_reused = |result: &Placed| matches!(result, Err(PlaceOrderError::IdempotencyKeyReused));
    assert_eq!(count(&results, is_reused), 10);
    market.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_stays_within_its_limit_across_listings() {
    let market = Market::new().await;
    let seller = market.party().await;
    let buyer = market.party().await;
    let listings = join_all((0..5).map(|_| market.listing(seller, 400, 100))).await;
    let orders = (0..40).map(|n| market.orders.place(order_for(buyer, listings[n % 5], 1)));
    let results = join_all(orders).await;
    // Six orders of 4.00 fit a tab of 25.00; the others await payment.
    let instant = |result: &Placed| matches!(result, Ok(placed) if placed.order.state == OrderState::Fulfilled);
    assert_eq!(count(&results, instant), 6);
    assert_eq!(
        market
            .tabs
            .tab(buyer.id)
            .await
            .unwrap()
            .unwrap()
            .open
            .minor(),
        2_400
    );
    market.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_canceled_and_lapses_at_once_releases_its_units_once() {
    let market = Market::new().await;
    let listing = market.listing(market.party().await, 1_000, 60).await;
    let buyer = market.party().await;
    let mut placed = Vec::new();
    for _ in 0..20 {
        placed.push(
            market
                .orders
                .place(order_for(buyer, listing, 3))
                .await
                .unwrap()
                .order
                .id,
        );
    }
    assert_eq!(market.stock(listing).await, (0, 60, 0, 0));
    let cancel = |order_id| CancelOrder {
        order_id,
        by: CanceledBy::Party(actor(buyer.id)),
        at: at(3_600),
    };
    let canceling = join_all(placed.iter().map(|id| market.orders.cancel(cancel(*id))));
    let sweeps = join_all((0..4).map(|_| market.orders.release_lapsed(lapsed(at(3_600), 7))));
    let (canceled, released) = tokio::join!(canceling, sweeps);
    let canceled = canceled.iter().filter(|result| result.is_ok()).count();
    let released: usize = released
        .into_iter()
        .map(|released| released.unwrap().len())
        .sum();
    assert_eq!(canceled + released, 20);
    assert_eq!(market.stock(listing).await, (60, 0, 0, 0));
    market.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_refunded_twenty_times_at_once_is_refunded_once() {
    let market = Market::new().await;
    let seller = market.party().await;
    let listing = market.listing(seller, 100, 5).await;
    let buyer = market.party().await;
    let order_id = market
        .orders
        .place(order_for(buyer, listing, 4))
        .await
        .unwrap()
        .order
        .id;
    let refund = RefundOrder {
        order_id,
        by: RefundedBy::Seller(actor(seller.id)),
        at: at(2),
        units: ReturnedUnits::ForSale,
        refund_id: RefundId::from_uuid(fresh_uuid()),
    };
    let results = join_all((0..20).map(|_| market.orders.refund(refund.clone()))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(market.stock(listing).await, (5, 0, 0, 0));
    assert_eq!(
        market
            .tabs
            .tab(buyer.id)
            .await
            .unwrap()
            .unwrap()
            .open
            .minor(),
        0
    );
    market.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_caller_disconnects_is_placed_whole_or_not_at_all() {
    let market = Market::new().await;
    let listing = market.listing(market.party().await, 10, 1_000).await;
    let buyer = market.party().await;
    for delay in 0..60_u64 {
        let placing = market.orders.place(order_for(buyer, listing, 1));
        let delay = std::time::Duration::from_micros(delay * 50);
        let _ = tokio::time::timeout(delay, placing).await;
    }
    // Orders of one buyer queue at the tab's lock, so earlier ones are done when this one is.
    market
        .orders
        .place(order_for(buyer, listing, 1))
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    market.assert_consistent().await;
    let (available, held, sold, _) = market.stock(listing).await;
    assert_eq!((available + sold, held), (1_000, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_listing_refuses_every_order_that_starts_later() {
    let market = Market::new().await;
    let seller = market.party().await;
    let listing = market.listing(seller, 10, 1_000_000).await;
    let buyers = join_all((0..8).map(|_| market.party())).await;
    let rush = join_all(
        buyers
            .iter()
            .map(|buyer| market.orders.place(order_for(*buyer, listing, 1))),
    );
    let (_, ()) = tokio::join!(rush, market.put(listing, seller.id, ListingState::Paused));
    let late = join_all(
        buyers
            .iter()
            .map(|buyer| market.orders.place(order_for(*buyer, listing, 1))),
    );
    let refused = |result: &Placed| {
        matches!(
            result,
            Err(PlaceOrderError::Rejected(Rejection::ListingUnavailable))
        )
    };
    assert_eq!(count(&late.await, refused), 8);
}

#[tokio::test]
async fn only_the_parties_cancel_and_only_the_seller_refunds() {
    let market = Market::new().await;
    let (seller, buyer, thief) = (
        market.party().await,
        market.party().await,
        market.party().await,
    );
    let listing = market.listing(seller, 1_000, 5).await;
    let order_id = market
        .orders
        .place(order_for(buyer, listing, 1))
        .await
        .unwrap()
        .order
        .id;
    let cancel = CancelOrder {
        order_id,
        by: CanceledBy::Party(actor(thief.id)),
        at: at(2),
    };
    let result = market.orders.cancel(cancel).await;
    assert!(
        matches!(result, Err(ChangeOrderError::NotFound)),
        "{result:?}"
    );
    for other in [buyer, thief] {
        let seller = actor(other.id);
        let refund = RefundOrder {
            order_id,
            by: RefundedBy::Seller(seller),
            at: at(2),
            units: ReturnedUnits::ForSale,
            refund_id: RefundId::from_uuid(fresh_uuid()),
        };
        let result = market.orders.refund(refund).await;
        assert!(
            matches!(result, Err(ChangeOrderError::NotFound)),
            "{result:?}"
        );
    }
    assert!(
        market
            .reader
            .find(order_id, thief.id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        market
            .reader
            .find(order_id, seller.id)
            .await
            .unwrap()
            .is_some()
    );
}
