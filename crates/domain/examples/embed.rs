//! Another service sells units of its own through the domain crate: no server, no database, no
//! runtime of anyone's choosing.
//!
//! The service signs its users in itself and vouches for them with [`Authority::Account`]. It
//! brings three things: a store that keeps orders, here in memory (`embed/memory.rs`), a clock, and
//! a source of identifiers. The rules come with the crate.
//!
//! ```text
//! cargo run -p udam-domain --example embed
//! ```
#![expect(clippy::print_stdout, reason = "the example tells its story")]

#[path = "embed/memory.rs"]
mod memory;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{ListingState, Price};
use udam_domain::marketplace::{BuyUnits, OrderPorts, Orders};
use udam_domain::money::{Currency, Money};
use udam_domain::order::{Authority, ListingSnapshot, OrderState, Rejection};
use udam_domain::policy::{ChargeLimits, Checkout, OrderPolicy, OrderTerms, SweepPolicy};
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::units::{Stock, Units};
use udam_domain::{
    Clock, Entropy, NoMetrics, NoSweepTrigger, OrderReader, OrderStore, PlaceOrderError,
};

use memory::MemoryStore;

/// A clock that stands still, so that the story is the same whenever it is told.
struct StoppedClock(Timestamp);

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Bytes that anyone can predict. In production, ask the operating system for them.
#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, destination: &mut [u8]) {
        destination.fill(self.0.fetch_add(1, Relaxed));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    futures::executor::block_on(story())
}

async fn story() -> Result<(), Box<dyn Error>> {
    let now: Timestamp = "2026-01-05T09:00:00Z".parse()?;
    let clock = Arc::new(StoppedClock(now));
    let entropy = Arc::new(Counting::default());

    let dollars = |text| Money::parse(text, Currency::USD);
    let policy = OrderPolicy::new(OrderTerms {
        small_order_limit: dollars("5.00")?,
        tab_limit: dollars("25.00")?,
        reservation_ttl: SignedDuration::from_mins(30),
        token_ttl: SignedDuration::from_hours(30 * 24),
        checkout: Checkout::Available,
        charges: ChargeLimits {
            smallest: dollars("0.50")?,
            largest: dollars("10000.00")?,
            finest: dollars("0.01")?,
            shortest_hold: SignedDuration::from_mins(5),
            longest_hold: SignedDuration::from_hours(24),
        },
    })?;
    let store = Arc::new(MemoryStore::new(policy));
    let ports = OrderPorts {
        store: store.clone(),
        reader: store.clone(),
        clock,
        entropy: entropy.clone(),
        metrics: Arc::new(NoMetrics),
        sweeps: Arc::new(NoSweepTrigger),
    };
    // It has no payment provider yet.
    let orders = Orders::new(ports, None);

    let buyer = AccountId::mint(now, entropy.as_ref());
    let weather = ListingId::mint(now, entropy.as_ref());
    let seller = AccountId::mint(now, entropy.as_ref());
    let listing = ListingSnapshot {
        id: weather,
        seller_id: seller,
        state: ListingState::Active,
        price: Price::parse("2.00", Currency::USD)?,
        available: Stock::new(10)?,
    };
    store.open_tab(buyer, Currency::USD);
    store.list(listing, "Weather API".parse()?);
    println!("Weather API: 10 units are on sale at 2.00 each.");

    let by = Authority::Account(buyer);

    // Below the small-order limit, the buyer is served at once and pays later.
    let small = orders.buy(by, units_of(weather, 2, "monday")?).await?;
    assert_eq!(small.order.state, OrderState::Fulfilled);
    assert!(small.order.token_id.is_some());
    println!("2 units for {}: served at once.", small.order.total);
    println!(
        "  The tab stands at {}.",
        owed(store.as_ref(), buyer).await?
    );

    // The answer was lost on the way, and the client asks again under the same key.
    let again = orders.buy(by, units_of(weather, 2, "monday")?).await?;
    assert!(again.replayed);
    assert_eq!(again.order, small.order);
    assert_eq!(owed(store.as_ref(), buyer).await?.to_string(), "4.00");
    println!("The same again: the same order, and nothing more on the tab.");

    // A larger order is held until it is paid; its units are off the shelf meanwhile.
    let large = orders.buy(by, units_of(weather, 8, "tuesday")?).await?;
    assert_eq!(large.order.state, OrderState::AwaitingPayment);
    let lapses_at = large.order.lapses_at.ok_or("it is held for a while only")?;
    println!("8 units for {}: held until {lapses_at}.", large.order.total);

    // So nobody is sent to pay for a unit that is not there.
    let rejected = orders.buy(by, units_of(weather, 1, "wednesday")?).await;
    let Err(PlaceOrderError::Rejected(Rejection::InsufficientUnits { available })) = rejected
    else {
        return Err("a sold-out listing was sold".into());
    };
    assert!(available.is_empty());
    println!("1 unit more: rejected, as {available} are left.");

    // The payment never came. A rejection leaves no trace: its key is as good as new.
    assert_eq!(
        store
            .release_lapsed(SweepPolicy::default().lapsed_at(lapses_at))
            .await?,
        [large.order.id]
    );
    println!("Half an hour later: the 8 units are back on sale.");
    let third = orders.buy(by, units_of(weather, 1, "wednesday")?).await?;
    assert_eq!(third.order.state, OrderState::Fulfilled);
    assert_eq!(owed(store.as_ref(), buyer).await?.to_string(), "6.00");
    println!("1 unit for {}: served at once.", third.order.total);
    println!(
        "  The tab stands at {}.",
        owed(store.as_ref(), buyer).await?
    );

    // What lapsed was never sold.
    let today = orders.daily_sales(seller, 1, Currency::USD).await?;
    let today = today.first().ok_or("a day was asked for")?;
    assert_eq!((today.units, today.revenue.minor()), (3, 6_00));
    println!("Sold today: {} units for {}.", today.units, today.revenue);
    Ok(())
}

fn units_of(listing_id: ListingId, count: i64, key: &str) -> Result<BuyUnits, Box<dyn Error>> {
    Ok(BuyUnits {
        listing_id,
        units: Units::new(count)?,
        expected_price: None,
        idempotency_key: Some(key.parse()?),
    })
}

async fn owed(orders: &dyn OrderReader, buyer: AccountId) -> Result<Money, Box<dyn Error>> {
    let tab = orders.tab(buyer).await?;
    Ok(tab.ok_or("the buyer has no tab")?.open)
}

#[test]
fn the_story_is_true() {
    main().unwrap();
}
