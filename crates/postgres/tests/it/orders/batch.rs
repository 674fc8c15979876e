//! A batch gives what its orders give one by one, and a poisoned order takes no other down.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;
use udam_domain::account::SessionDigest;
use udam_domain::id::OrderId;
use udam_domain::order::{Authority, PlaceOrder, PlacedOrder};
use udam_domain::{OrderStore, PlaceOrderError, StoreError};

use super::world::{Party, World, keyed, order_for};

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
    // One buyer more than there are: a stranger whose session is unknown.
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

/// Two worlds that start alike, told apart by their rows only.
async fn orders_in(world: &World, wanted: &[Wanted]) -> Vec<PlaceOrder> {
    let seller = world.party().await;
    let mut buyers: Vec<Party> = Vec::new();
    for _ in 0..BUYERS {
        buyers.push(world.party().await);
    }
    let mut listings = Vec::new();
    for (price, units) in [(100, 9), (450, 30), (700, 8)] {
        listings.push(world.listing(seller, price, units).await);
    }
    let place = |wanted: &Wanted| {
        let stranger = Authority::Session(SessionDigest::new([0xFF; 32]));
        let buyer = buyers.get(wanted.buyer).copied();
        let order = order_for(
            buyer.unwrap_or(buyers[0]),
            listings[wanted.listing],
            wanted.units,
        );
        let authority = buyer.map_or(stranger, |buyer| Authority::Session(buyer.session));
        let order = PlaceOrder { authority, ..order };
        match wanted.key {
            Some(key) => keyed(order, &key.to_string()),
            None => order,
        }
    };
    wanted.iter().map(place).collect()
}

/// What an answer says once the identifiers, which differ, are turned into positions in the batch.
fn outline(orders: &[PlaceOrder], answers: &[Result<PlacedOrder, PlaceOrderError>]) -> Vec<String> {
    let position = |id: OrderId| orders.iter().position(|order| order.order_id == id);
    let say = |answer: &Result<PlacedOrder, PlaceOrderError>| match answer {
        Ok(placed) => format!(
            "{:?} {} {:?} {:?} {}",
            position(placed.order.id),
            placed.order.total,
            placed.order.state,
            placed.order.lapses_at,
            placed.replayed
        ),
        Err(error) => error.to_string(),
    };
    answers.iter().map(say).collect()
}

/// `PROPTEST_CASES` says how many batches, 256 unless set.
#[test]
fn a_batch_answers_as_its_orders_do_one_by_one() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&batches(), |wanted| {
            runtime.block_on(compare(&world, &wanted))
        })
        .unwrap();
    runtime.block_on(world.assert_books_balance());
}

async fn compare(world: &World, wanted: &[Wanted]) -> Result<(), TestCaseError> {
    let together = orders_in(world, wanted).await;
    let batch = world.orders.place_all(&together).await;
    let apart = orders_in(world, wanted).await;
    let mut singles = Vec::new();
    for order in &apart {
        singles.push(world.orders.place(order.clone()).await);
    }
    prop_assert_eq!(outline(&together, &batch), outline(&apart, &singles));
    Ok(())
}

#[tokio::test]
async fn a_poisoned_order_takes_no_other_down() {
    let world = World::new().await;
    let listing = world.listing(world.party().await, 100, 50).await;
    let buyer = world.party().await;
    let first = order_for(buyer, listing, 1);
    world.orders.place(first.clone()).await.unwrap();
    // Its identifier is taken, which no rule foresees: the constraint breaks the transaction.
    let poisoned = PlaceOrder {
        order_id: first.order_id,
        ..order_for(buyer, listing, 1)
    };
    let batch = [
        order_for(buyer, listing, 1),
        poisoned,
        order_for(buyer, listing, 2),
    ];
    let answers = world.orders.place_all(&batch).await;
    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    let broken = &answers[1];
    assert!(
        matches!(
            broken,
            Err(PlaceOrderError::Unavailable(StoreError::Failed(_)))
        ),
        "{broken:?}"
    );
    assert_eq!(world.stock(listing).await, (46, 0, 4, 400));
    world.assert_books_balance().await;
}
