use proptest::prelude::*;

use super::*;
use crate::fixtures::{account_id, at, listing_id, order_id, policy, price, token_id, units, usd};
use crate::listing::ListingState;
use crate::order::Authority;
use crate::order::Tab;
use crate::units::Stock;

const LISTINGS: std::ops::Range<u128> = 0..2;
const BUYERS: std::ops::Range<u128> = 10..13;

/// State of a store: enough to read any order's snapshots anew.
#[derive(Debug, Clone)]
struct StoreState {
    listings: HashMap<ListingId, ListingSnapshot>,
    tabs: HashMap<AccountId, Tab>,
    orders: Vec<NewOrder>,
}

impl StoreState {
    /// Places one order as a store does that takes one at a time: read, decide, write.
    fn place_alone(&mut self, order: &PlaceOrder, buyer_id: AccountId) -> Outcome {
        let listing = self.listings.get(&order.listing_id).copied();
        let buyer = self.tabs.get(&buyer_id).map(|tab| BuyerSnapshot {
            tab: *tab,
            network_today: None,
            is_verified: true,
        });
        let key = order.idempotency_key.as_ref();
        let prior = self
            .prior()
            .find(|((buyer, named), _)| *buyer == buyer_id && Some(named) == key);
        let mut batch = OrderBatch::new(listing, buyer, prior);
        let outcome = batch.place(order, buyer_id, &policy());
        let outcome = if outcome == Outcome::HoldsUnknown {
            batch.know_holds(self.holds(), []);
            batch.place(order, buyer_id, &policy())
        } else {
            outcome
        };
        if let Outcome::Place(order) = &outcome {
            self.write(order.clone());
        }
        outcome
    }

    /// Places all the orders over one reading.
    fn place_together(&self, orders: &[(PlaceOrder, AccountId)]) -> Vec<Outcome> {
        let buyers = self.tabs.values().map(|tab| BuyerSnapshot {
            tab: *tab,
            network_today: None,
            is_verified: true,
        });
        let mut batch = OrderBatch::new(self.listings.values().copied(), buyers, self.prior());
        batch.know_holds(self.holds(), []);
        orders
            .iter()
            .map(|(order, buyer)| batch.place(order, *buyer, &policy()))
            .collect()
    }

    fn holds(&self) -> HashMap<AccountId, Holds> {
        let mut holds: HashMap<AccountId, Holds> = BUYERS
            .map(|number| (account_id(number), Holds::default()))
            .collect();
        for order in &self.orders {
            if order.state == OrderState::AwaitingPayment {
                let of_buyer = holds.get_mut(&order.buyer_id).unwrap();
                of_buyer.open += 1;
                of_buyer
                    .tab_carrier
                    .get_or_insert(TabCarrier::Order(order.id));
            }
        }
        holds
    }

    fn prior(&self) -> impl Iterator<Item = ((AccountId, IdempotencyKey), PriorOrder)> {
        self.orders.iter().filter_map(|order| {
            let prior = PriorOrder {
                order_id: order.id,
                listing_id: order.listing_id,
                units: order.units,
            };
            let key = order.idempotency_key.clone()?;
            Some(((order.buyer_id, key), prior))
        })
    }

    fn write(&mut self, order: NewOrder) {
        let listing = self.listings.get_mut(&order.listing_id).unwrap();
        let left = listing.available.get() - order.units.get();
        listing.available = Stock::new(left.into()).unwrap();
        if order.route == PaymentRoute::Tab {
            let tab = self.tabs.get_mut(&order.buyer_id).unwrap();
            tab.open = usd(tab.open.minor() + order.total.minor());
        }
        self.orders.push(order);
    }
}

fn books() -> impl Strategy<Value = StoreState> {
    let states = prop_oneof![
        6 => Just(ListingState::Active),
        1 => Just(ListingState::Paused),
    ];
    let terms = (
        prop::bool::weighted(0.2),
        prop::option::weighted(0.3, 1..8_i64),
    );
    let listing = (states, 1..400_i64, 0..40_i64, terms);
    let listings = prop::collection::vec(listing, LISTINGS.count());
    let tabs = prop::collection::vec(0..=25_00_i64, BUYERS.count());
    (listings, tabs).prop_map(|(listings, tabs)| StoreState {
        listings: LISTINGS
            .zip(listings)
            .map(
                |(number, (state, cents, count, (pay_first, most)))| ListingSnapshot {
                    id: listing_id(number),
                    seller_id: account_id(1),
                    state,
                    price: price(cents),
                    available: Stock::new(count).unwrap(),
                    pay_first,
                    max_units_per_order: most.map(units),
                    terms: None,
                },
            )
            .map(|listing| (listing.id, listing))
            .collect(),
        tabs: BUYERS
            .zip(tabs)
            .map(|(number, cents)| Tab {
                buyer_id: account_id(number),
                open: usd(cents),
                owed_since: None,
                has_paid: true,
            })
            .map(|tab| (tab.buyer_id, tab))
            .collect(),
        orders: vec![],
    })
}

/// Orders, numbered from `first` on, with their buyers: now and then for a listing or by a buyer that
/// is not in the books, and with so few keys and counts that some repeat others.
fn orders(first: u128) -> impl Strategy<Value = Vec<(PlaceOrder, AccountId)>> {
    let listing = LISTINGS.start..=LISTINGS.end;
    let buyer = BUYERS.start..=BUYERS.end;
    let count = prop::sample::select(vec![1, 3, 8]);
    let key = prop::option::of("[ab]");
    // Most will pay any price; few have been shown the right one.
    let shown = prop::option::weighted(0.2, 1..400_i64);
    let order = (listing, buyer, count, shown, key, 0..100_000_i64);
    prop::collection::vec(order, 0..40).prop_map(move |orders| {
        let numbered = orders.into_iter().zip(first..);
        numbered
            .map(|((listing, buyer, count, shown, key, second), number)| {
                let buyer = account_id(buyer);
                let order = PlaceOrder {
                    order_id: order_id(number),
                    token_id: token_id(number),
                    authority: Authority::Account(buyer),
                    listing_id: listing_id(listing),
                    units: units(count),
                    expected_price: shown.map(usd),
                    idempotency_key: key.map(|key| key.parse().unwrap()),
                    network: None,
                    placed_at: at(second),
                };
                (order, buyer)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_batch_has_the_outcomes_of_its_orders_one_by_one(
        mut books in books(),
        earlier in orders(1),
        orders in orders(1_001),
    ) {
        for (order, buyer) in &earlier {
            books.place_alone(order, *buyer);
        }
        let together = books.place_together(&orders);
        let alone: Vec<_> = orders
            .iter()
            .map(|(order, buyer)| books.place_alone(order, *buyer))
            .collect();
        prop_assert_eq!(together, alone);
    }

    #[test]
    fn a_batch_sells_no_unit_twice_and_exceeds_no_tab_limit(
        books in books(),
        orders in orders(1),
    ) {
        let placed: Vec<_> = books
            .place_together(&orders)
            .into_iter()
            .filter_map(|outcome| match outcome {
                Outcome::Place(order) => Some(order),
                _ => None,
            })
            .collect();
        for (id, listing) in &books.listings {
            let of_listing = placed.iter().filter(|order| order.listing_id == *id);
            let taken: u32 = of_listing.map(|order| order.units.get()).sum();
            prop_assert!(taken <= listing.available.get());
        }
        for (id, tab) in &books.tabs {
            let on_tab = |order: &&NewOrder| {
                order.buyer_id == *id && order.route == PaymentRoute::Tab
            };
            let owed: i64 = placed.iter().filter(on_tab).map(|order| order.total.minor()).sum();
            prop_assert!(tab.open.minor() + owed <= policy().tab_limit().minor());
        }
    }
}
