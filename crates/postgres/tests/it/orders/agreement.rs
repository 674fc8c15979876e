//! Property: any interleaving of actions gives the outcomes and balances of an in-memory model.

use std::ops::RangeInclusive;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;
use udam_domain::id::{ListingId, OrderId, RefundId, TokenId};
use udam_domain::listing::ListingState;
use udam_domain::order::{
    CancelOrder, CanceledBy, Order, RefundOrder, RefundedBy, Rejection, ReturnedUnits,
};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::token::{RevealKey, RevokeToken, TokenState};
use udam_domain::{
    ChangeOrderError, OrderReader, OrderStore, PlaceOrderError, RevealKeyError, RevokeTokenError,
    TabReader, TokenStore,
};

use super::market::{Market, Party, actor, at, fresh_uuid, keyed, lapsed, order_for};
use super::model::{BUYERS, Model, Outcome, SELLERS, Step};

const CASES: u32 = 100;
const STEPS: RangeInclusive<usize> = 100..=160;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let which = 0..64_usize;
    let step = prop_oneof![
        2 => (0..SELLERS, prop_oneof![1..300_i64, 400..700_i64], 0..12_i64)
            .prop_map(|(seller, price, units)| Step::List { seller, price, units }),
        1 => (which.clone(), 1..5_i64)
            .prop_map(|(listing, units)| Step::Restock { listing, units }),
        1 => which.clone().prop_map(|listing| Step::Pause { listing }),
        2 => which.clone().prop_map(|listing| Step::Resume { listing }),
        12 => (0..BUYERS, which.clone(), 1..5_i64, prop::option::weighted(0.3, 0..4_u8))
            .prop_map(|(buyer, listing, units, key)| Step::Buy { buyer, listing, units, key }),
        3 => (which.clone(), 0..BUYERS).prop_map(|(order, by)| Step::Cancel { order, by }),
        2 => (1..1_200_i64).prop_map(|seconds| Step::Wait { seconds }),
        2 => Just(Step::ReleaseLapsed),
        3 => (which.clone(), 0..=BUYERS).prop_map(|(order, by)| Step::Revoke { order, by }),
        4 => (which.clone(), prop::bool::weighted(0.8), proptest::bool::ANY).prop_map(
            |(order, by_its_seller, returned)| Step::Refund { order, by_its_seller, returned }
        ),
        2 => (which, 0..BUYERS).prop_map(|(order, by)| Step::Reveal { order, by }),
    ];
    prop::collection::vec(step, STEPS)
}

/// Stores under test, with the ids of the model's numbered listings and orders.
struct SystemUnderTest<'m> {
    market: &'m Market,
    sellers: Vec<Party>,
    buyers: Vec<Party>,
    listings: Vec<ListingId>,
    listing_sellers: Vec<usize>,
    orders: Vec<OrderId>,
}

#[test]
fn any_interleaving_agrees_with_the_model() {
    let runtime = Runtime::new().unwrap();
    let market = runtime.block_on(Market::new());
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&steps(), |steps| runtime.block_on(agree(&market, &steps)))
        .unwrap();
}

async fn agree(market: &Market, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut system = SystemUnderTest::new(market).await;
    let mut model = Model::default();
    for step in steps {
        let expected = model.apply(step);
        let found = system.apply(step, model.now).await;
        prop_assert_eq!(&found, &expected, "{:?}", step);
    }
    system.compare(&model).await?;
    market.assert_consistent().await;
    Ok(())
}

impl<'m> SystemUnderTest<'m> {
    async fn new(market: &'m Market) -> Self {
        let mut system = Self {
            market,
            sellers: Vec::new(),
            buyers: Vec::new(),
            listings: Vec::new(),
            listing_sellers: Vec::new(),
            orders: Vec::new(),
        };
        for _ in 0..SELLERS {
            system.sellers.push(market.party().await);
        }
        for _ in 0..BUYERS {
            system.buyers.push(market.party().await);
        }
        system
    }

    async fn apply(&mut self, step: &Step, now: i64) -> Outcome {
        match *step {
            Step::List {
                seller,
                price,
                units,
            } => {
                let seller = seller % SELLERS;
                let listing = self
                    .market
                    .listing(self.sellers[seller], price, units)
                    .await;
                self.listings.push(listing);
                self.listing_sellers.push(seller);
                Outcome::Done
            }
            Step::Restock { listing, units } => {
                let Some((id, seller)) = self.listing(listing) else {
                    return not_found();
                };
                self.market.restock(id, seller.id, units).await;
                Outcome::Done
            }
            Step::Pause { listing } => self.put(listing, ListingState::Paused).await,
            Step::Resume { listing } => self.put(listing, ListingState::Active).await,
            Step::Buy {
                buyer,
                listing,
                units,
                key,
            } => {
                let Some((listing, _)) = self.listing(listing) else {
                    return not_found();
                };
                self.buy(self.buyers[buyer % BUYERS], listing, units, key, now)
                    .await
            }
            Step::Cancel { order, by } => {
                let Some(order_id) = self.order(order) else {
                    return not_found();
                };
                let buyer = actor(self.buyers[by % BUYERS].id);
                moved(
                    self.market
                        .orders
                        .cancel(CancelOrder {
                            order_id,
                            by: CanceledBy::Party(buyer),
                            at: at(now),
                        })
                        .await,
                )
            }
            Step::Wait { .. } => Outcome::Done,
            Step::ReleaseLapsed => {
                let released = self
                    .market
                    .orders
                    .release_lapsed(lapsed(at(now), 1_000))
                    .await
                    .unwrap();
                Outcome::Released(
                    released
                        .iter()
                        .filter(|id| self.orders.contains(id))
                        .count(),
                )
            }
            Step::Revoke { order, by } => self.revoke(order, by, now).await,
            Step::Refund {
                order,
                by_its_seller,
                returned,
            } => self.refund(order, by_its_seller, returned, now).await,
            Step::Reveal { order, by } => self.reveal(order, by, now).await,
        }
    }

    async fn revoke(&self, order: usize, by: usize, now: i64) -> Outcome {
        let Some(token_id) = self.token(order).await else {
            return not_found();
        };
        let by = match self.buyers.get(by) {
            Some(buyer) => buyer.id,
            None => self.find(self.order(order).unwrap()).await.seller_id,
        };
        let revoke = RevokeToken {
            token_id,
            by: actor(by),
            at: at(now),
            refund_id: RefundId::from_uuid(fresh_uuid()),
        };
        match self.market.tokens.revoke(revoke).await {
            Ok(token) => {
                assert_eq!(token.state, TokenState::Revoked);
                Outcome::Done
            }
            Err(RevokeTokenError::NotFound) => not_found(),
            Err(error) => panic!("{error:?}"),
        }
    }

    async fn refund(&self, order: usize, by_its_seller: bool, returned: bool, now: i64) -> Outcome {
        let Some(order_id) = self.order(order) else {
            return not_found();
        };
        let seller = self.find(order_id).await.seller_id;
        let by = if by_its_seller {
            seller
        } else {
            self.buyers[0].id
        };
        let units = if returned {
            ReturnedUnits::ForSale
        } else {
            ReturnedUnits::StaySold
        };
        let refund = RefundOrder {
            order_id,
            by: RefundedBy::Seller(actor(by)),
            at: at(now),
            units,
            refund_id: RefundId::from_uuid(fresh_uuid()),
        };
        moved(self.market.orders.refund(refund).await)
    }

    async fn reveal(&self, order: usize, by: usize, now: i64) -> Outcome {
        let Some(token_id) = self.token(order).await else {
            return not_found();
        };
        let buyer = actor(self.buyers[by % BUYERS].id);
        match self
            .market
            .tokens
            .reveal(RevealKey {
                token_id,
                buyer,
                at: at(now),
                first_key: None,
            })
            .await
        {
            Ok(_) => Outcome::Done,
            Err(RevealKeyError::NotFound) => not_found(),
            Err(RevealKeyError::Revoked) => Outcome::Refused("revoked"),
            Err(error) => panic!("{error:?}"),
        }
    }

    async fn buy(
        &mut self,
        buyer: Party,
        listing: ListingId,
        units: i64,
        key: Option<u8>,
        now: i64,
    ) -> Outcome {
        let mut order = order_for(buyer, listing, units);
        order.placed_at = at(now);
        if let Some(key) = key {
            order = keyed(order, &key.to_string());
        }
        match self.market.orders.place(order).await {
            Ok(placed) => {
                if !placed.replayed {
                    self.orders.push(placed.order.id);
                }
                outcome(&placed.order, placed.replayed)
            }
            Err(PlaceOrderError::IdempotencyKeyReused) => Outcome::Refused("key reused"),
            Err(PlaceOrderError::Rejected(Rejection::ListingUnavailable)) => {
                Outcome::Refused("unavailable")
            }
            Err(PlaceOrderError::Rejected(Rejection::InsufficientUnits { .. })) => {
                Outcome::Refused("insufficient")
            }
            Err(PlaceOrderError::Rejected(Rejection::TabInCheckout(_))) => {
                Outcome::Refused("tab in checkout")
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    async fn put(&self, listing: usize, state: ListingState) -> Outcome {
        let Some((id, seller)) = self.listing(listing) else {
            return not_found();
        };
        self.market.put(id, seller.id, state).await;
        Outcome::Done
    }

    async fn compare(&self, model: &Model) -> Result<(), TestCaseError> {
        for (id, listing) in self.listings.iter().zip(&model.listings) {
            let held = model.held(self.index(*id));
            let found = self.market.stock(*id).await;
            prop_assert_eq!(
                found,
                (listing.available, held, listing.sold, listing.revenue)
            );
        }
        for (id, expected) in self.orders.iter().zip(&model.orders) {
            let order = self.find(*id).await;
            prop_assert_eq!(<&str>::from(order.state), expected.state);
            prop_assert_eq!(order.token_id.is_some(), expected.token_revoked.is_some());
        }
        for (buyer, open) in self.buyers.iter().zip(model.tabs) {
            let tab = self.market.tabs.tab(buyer.id).await.unwrap().unwrap();
            prop_assert_eq!(tab.open.minor(), open);
            let page = PageRequest {
                after: None,
                limit: PageLimit::MAX,
            };
            let on_tab = self.market.tabs.orders(buyer.id, page).await.unwrap();
            let totals = on_tab.items.iter().map(|found| found.order.total.minor());
            prop_assert_eq!((totals.sum::<i64>(), on_tab.next), (open, None));
        }
        Ok(())
    }

    fn index(&self, listing: ListingId) -> usize {
        self.listings.iter().position(|id| *id == listing).unwrap()
    }

    fn listing(&self, listing: usize) -> Option<(ListingId, Party)> {
        let index = listing.checked_rem(self.listings.len())?;
        Some((
            self.listings[index],
            self.sellers[self.listing_sellers[index]],
        ))
    }

    fn order(&self, order: usize) -> Option<OrderId> {
        Some(self.orders[order.checked_rem(self.orders.len())?])
    }

    async fn token(&self, order: usize) -> Option<TokenId> {
        self.find(self.order(order)?).await.token_id
    }

    async fn find(&self, id: OrderId) -> Order {
        for buyer in &self.buyers {
            if let Some(order) = self.market.reader.find(id, buyer.id).await.unwrap() {
                return order;
            }
        }
        panic!("no buyer sees {id}");
    }
}

fn not_found() -> Outcome {
    Outcome::Refused("not found")
}

fn outcome(order: &Order, replayed: bool) -> Outcome {
    Outcome::Order {
        state: <&str>::from(order.state),
        total: order.total.minor(),
        replayed,
    }
}

fn moved(result: Result<Order, ChangeOrderError>) -> Outcome {
    match result {
        Ok(order) => outcome(&order, false),
        Err(ChangeOrderError::NotFound) => not_found(),
        Err(ChangeOrderError::InvalidState(_)) => Outcome::Refused("invalid state"),
        Err(error) => panic!("{error:?}"),
    }
}
