//! A batch has the outcomes of its orders one by one, and a failing order fails no other.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;
use udam_domain::account::SessionDigest;
use udam_domain::id::OrderId;
use udam_domain::order::{Authority, PlaceOrder, PlacedOrder, Rejection, TabCarrier};
use udam_domain::{OrderStore, PlaceOrderError, StoreError};

use super::market::{Market, Party, keyed, order_for};

const BUYERS: usize = 3;
const LISTINGS: usize = 3;

#[derive(Debug, Clone)]
struct Wanted {
    buyer: usize,
    listing: usize,
    units: i64,
    key: Option<u8>,
}

fn batches() -> impl Strategy<Value = Vec<Wanted>> {
    // One buyer more than there are: its session is unknown.
    let wanted = (
        0..=BUYERS,
        0..LISTINGS,
        1..6_i64,
        prop::option::weighted(0.4, 0..3_u8),
    )
        .prop_map(|(buyer, listing, units, key)| Wanted {
            buyer,
            listing,
            units,
            key,
        });
    prop::collection::vec(wanted, 1..24)
}

/// New seller, buyers and listings, and these orders of theirs: equal from call to call but for their ids.
async fn orders_in(market: &Market, wanted: &[Wanted]) -> Vec<PlaceOrder> {
    let seller = market.party().await;
    let mut buyers: Vec<Party> = Vec::new();
    for _ in 0..BUYERS {
        buyers.push(market.party().await);
    }
    let mut listings = Vec::new();
    for (price, units) in [(100, 9), (450, 30), (700, 8)] {
        listings.push(market.listing(seller, price, units).await);
    }
    let place = |wanted: &Wanted| {
        let unknown = Authority::Session(SessionDigest::new([0xFF; 32]));
        let buyer = buyers.get(wanted.buyer).copied();
        let order = order_for(
            buyer.unwrap_or(buyers[0]),
            listings[wanted.listing],
            wanted.units,
        );
        let authority = buyer.map_or(unknown, |buyer| Authority::Session(buyer.session));
        let order = PlaceOrder { authority, ..order };
        match wanted.key {
            Some(key) => keyed(order, &key.to_string()),
            None => order,
        }
    };
    wanted.iter().map(place).collect()
}

/// The results as text, with positions in the batch in place of identifiers, which differ.
fn describe_all(
    orders: &[PlaceOrder],
    results: &[Result<PlacedOrder, PlaceOrderError>],
) -> Vec<String> {
    let position = |id: OrderId| orders.iter().position(|order| order.order_id == id);
    let describe = |result: &Result<PlacedOrder, PlaceOrderError>| match result {
        Ok(placed) => format!(
            "{:?} {} {:?} {:?} {}",
            position(placed.order.id),
            placed.order.total,
            placed.order.state,
            placed.order.lapses_at,
            placed.replayed
        ),
        Err(PlaceOrderError::Rejected(Rejection::TabInCheckout(TabCarrier::Order(id)))) => {
            format!("order {:?} comes first", position(*id))
        }
        Err(error) => error.to_string(),
    };
    results.iter().map(describe).collect()
}

/// `PROPTEST_CASES` sets the number of batches, 256 by default.
#[test]
fn a_batch_has_the_outcomes_of_its_orders_one_by_one() {
    let runtime = Runtime::new().unwrap();
    let market = runtime.block_on(Market::new());
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&batches(), |wanted| {
            runtime.block_on(compare(&market, &wanted))
        })
        .unwrap();
    runtime.block_on(market.assert_consistent());
}

async fn compare(market: &Market, wanted: &[Wanted]) -> Result<(), TestCaseError> {
    let together = orders_in(market, wanted).await;
    let batch = market.orders.place_all(&together).await;
    let apart = orders_in(market, wanted).await;
    let mut singles = Vec::new();
    for order in &apart {
        singles.push(market.orders.place(order.clone()).await);
    }
    prop_assert_eq!(
        describe_all(&together, &batch),
        describe_all(&apart, &singles)
    );
    Ok(())
}

#[tokio::test]
async fn a_failing_order_does_not_fail_the_rest_of_its_batch() {
    let market = Market::new().await;
    let listing = market.listing(market.party().await, 100, 50).await;
    let buyer = market.party().await;
    let first = order_for(buyer, listing, 1);
    market.orders.place(first.clone()).await.unwrap();
    // Its id is taken: the violated constraint aborts the transaction.
    let poisoned = PlaceOrder {
        order_id: first.order_id,
        ..order_for(buyer, listing, 1)
    };
    let batch = [
        order_for(buyer, listing, 1),
        poisoned,
        order_for(buyer, listing, 2),
    ];
    let results = market.orders.place_all(&batch).await;
    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    let broken = &results[1];
    assert!(
        matches!(
            broken,
            Err(PlaceOrderError::Unavailable(StoreError::Failed(_)))
        ),
        "{broken:?}"
    );
    assert_eq!(market.stock(listing).await, (46, 0, 4, 400));
    market.assert_consistent().await;
}
