use super::cases;
use crate::conformance::check::{Checked, Mismatch, equal, some};
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, text, usd};
use crate::id::{AccountId, ListingId, OrderId, TokenId};
use crate::listing::{ListingState, Price};
use crate::order::{
    Authority, BuyerSnapshot, Holds, ListingSnapshot, OrderBatch, Outcome, PlaceOrder, PlacedOrder,
    Tab,
};
use crate::ports::PlaceOrderError;
use crate::units::{Stock, Units};

cases! {
    any_sequence_of_orders_has_the_outcomes_that_the_rules_say:
        "`place` does what `OrderBatch` says of the same orders, one after another.",
}

/// Number of orders.
const ORDERS: i64 = 150;

/// A listing to order from.
struct Offer {
    units: i64,
    /// In cents.
    price: i64,
    pay_first: bool,
    max_units_per_order: Option<i64>,
}

const OFFERS: [Offer; 4] = [
    Offer::plain(40, 40),
    Offer::plain(15, 1_30),
    Offer {
        max_units_per_order: Some(3),
        ..Offer::plain(60, 90)
    },
    Offer {
        pay_first: true,
        ..Offer::plain(25, 60)
    },
];

impl Offer {
    const fn plain(units: i64, price: i64) -> Self {
        Self {
            units,
            price,
            pay_first: false,
            max_units_per_order: None,
        }
    }
}

/// A fixed sequence of numbers that looks random: a linear congruential generator.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: u64) -> u64 {
        const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
        const INCREMENT: u64 = 1_442_695_040_888_963_407;

        self.0 = self.0.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
        let high = self.0.wrapping_shr(33);
        high.checked_rem(bound).unwrap_or_default()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Checked<T> {
        let bound = u64::try_from(from.len())?;
        let index = usize::try_from(self.below(bound))?;
        some("an item to pick", from.get(index).copied())
    }
}

async fn any_sequence_of_orders_has_the_outcomes_that_the_rules_say(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let buyers = [market.buyer, market.other];
    let mut listings = Vec::new();
    for offer in &OFFERS {
        let mut new = market.new_listing(offer.units, offer.price)?;
        new.details.pay_first = offer.pay_first;
        new.details.max_units_per_order = offer.max_units_per_order.map(Units::new).transpose()?;
        listings.push(market.publish(new).await?.id);
    }
    let mut rules = rules(&market, &listings, &buyers)?;
    let mut chance = Sequence(7);
    for number in 1..=ORDERS {
        let buyer = chance.pick(&buyers)?;
        let order = order(&market, &mut chance, &listings, buyer, number)?;
        let expected = rules.place(&order, buyer, &market.policy);
        let found = market.place(order).await;
        equal(
            &format!("order {number}"),
            outcome(found)?,
            summary(expected),
        )?;
    }
    Ok(())
}

fn rules(market: &Market, listings: &[ListingId], buyers: &[AccountId]) -> Checked<OrderBatch> {
    let mut snapshots = Vec::new();
    for (id, offer) in listings.iter().zip(&OFFERS) {
        snapshots.push(ListingSnapshot {
            id: *id,
            seller_id: market.seller,
            state: ListingState::Active,
            price: Price::new(usd(offer.price))?,
            available: Stock::new(offer.units)?,
            pay_first: offer.pay_first,
            max_units_per_order: offer.max_units_per_order.map(Units::new).transpose()?,
            terms: None,
        });
    }
    let nobody_holds = buyers.iter().map(|buyer| (*buyer, Holds::default()));
    let nobody_holds: Vec<_> = nobody_holds.collect();
    let buyers = buyers.iter().map(|buyer_id| BuyerSnapshot {
        tab: Tab {
            buyer_id: *buyer_id,
            open: usd(0),
            owed_since: None,
            has_paid: false,
        },
        network_today: None,
        is_verified: false,
    });
    let mut batch = OrderBatch::new(snapshots, buyers, []);
    batch.know_holds(nobody_holds, []);
    Ok(batch)
}

fn order(
    market: &Market,
    chance: &mut Sequence,
    listings: &[ListingId],
    buyer: AccountId,
    number: i64,
) -> Checked<PlaceOrder> {
    let placed_at = at(number);
    let key = match chance.below(3) {
        0 => Some(text(&format!("key-{}", chance.below(20)))?),
        _ => None,
    };
    let expected_price = match chance.below(8) {
        0 => Some(usd(90)),
        _ => None,
    };
    Ok(PlaceOrder {
        order_id: OrderId::mint(placed_at, &market.ids),
        token_id: TokenId::mint(placed_at, &market.ids),
        authority: Authority::Account(buyer),
        listing_id: chance.pick(listings)?,
        units: Units::new(chance.pick(&[1, 1, 2, 3, 6])?)?,
        expected_price,
        idempotency_key: key,
        network: None,
        placed_at,
    })
}

/// What of an order is compared: in words, so that a difference is read at a glance.
fn summary(expected: Outcome) -> String {
    match expected {
        Outcome::Place(new) => {
            let (state, total) = (new.state, new.total);
            format!("{} is {state} for {total}", new.id)
        }
        Outcome::Replay(id) => format!("{id} is replayed"),
        Outcome::KeyReused => "the key is reused".to_owned(),
        Outcome::ListingNotFound => "there is no listing".to_owned(),
        Outcome::BuyerNotFound => "there is no buyer".to_owned(),
        Outcome::Reject(rejection) => format!("{rejection:?}"),
        Outcome::HoldsUnknown => "what its buyer holds is unknown".to_owned(),
    }
}

fn outcome(found: Result<PlacedOrder, PlaceOrderError>) -> Checked<String> {
    Ok(match found {
        Ok(placed) if placed.replayed => format!("{} is replayed", placed.order.id),
        Ok(PlacedOrder { order, .. }) => {
            let (state, total) = (order.state, order.total);
            format!("{} is {state} for {total}", order.id)
        }
        Err(PlaceOrderError::IdempotencyKeyReused) => summary(Outcome::KeyReused),
        Err(PlaceOrderError::ListingNotFound) => summary(Outcome::ListingNotFound),
        Err(PlaceOrderError::Unauthenticated) => summary(Outcome::BuyerNotFound),
        Err(PlaceOrderError::Rejected(rejection)) => format!("{rejection:?}"),
        Err(PlaceOrderError::Unavailable(error)) => return Err(Mismatch::from(error)),
    })
}
