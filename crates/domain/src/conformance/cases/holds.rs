use std::net::Ipv4Addr;

use super::cases;
use crate::account::Network;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::market::{Market, paid};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, terms};
use crate::id::AccountId;
use crate::order::{Authority, OrderState, PlaceOrder, PlacedOrder, Rejection, TabCarrier};
use crate::policy::{HoldTerms, OrderTerms};
use crate::ports::PlaceOrderError;
use crate::time::SignedDuration;

cases! {
    a_buyer_holds_more_orders_at_once_after_a_first_payment:
        "`OrderBatch` is told how many orders of the buyer await payment.",
    new_buyers_of_one_network_share_what_they_hold:
        "`OrderBatch` is told how many orders of new buyers of the network await payment.",
    who_owes_finishes_the_payment_that_carries_the_tab_first:
        "`OrderBatch` is told of the order, or of the charge of the tab alone, that is yet to be paid.",
    a_listing_is_not_held_again_at_once_until_a_payment_arrives:
        "Holds that expire or are canceled are counted by buyer and listing, and forgiven by any payment.",
}

/// One open checkout before a first payment and two after it, two for a network, and pauses of a minute.
fn strict_terms() -> OrderTerms {
    OrderTerms {
        holds: HoldTerms {
            open_checkouts: 2,
            new_open_checkouts: 1,
            new_open_checkouts_per_network: Some(2),
            pause: SignedDuration::from_secs(60),
            ..HoldTerms::unlimited()
        },
        ..terms()
    }
}

fn is_rejected(found: &Result<PlacedOrder, PlaceOrderError>, expected: Rejection) -> Checked {
    holds(
        &format!("the rejection {expected:?}"),
        found,
        |found| matches!(found, Err(PlaceOrderError::Rejected(why)) if *why == expected),
    )
}

async fn a_buyer_holds_more_orders_at_once_after_a_first_payment(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::with(factory, strict_terms()).await?;
    let listing = market.list(50, 10_00).await?;
    let (_, charge) = market.check_out(listing, 1, 1).await?;
    let second = market.place(market.order(listing, 1, 2)?).await;
    is_rejected(&second, Rejection::TooManyOpenCheckouts { most: 1 })?;
    market.receive(market.event(paid(&charge)?, 10)).await?;
    market.buy(listing, 1, 11).await?;
    market.buy(listing, 1, 12).await?;
    let third = market.place(market.order(listing, 1, 13)?).await;
    is_rejected(&third, Rejection::TooManyOpenCheckouts { most: 2 })
}

async fn new_buyers_of_one_network_share_what_they_hold(factory: &dyn StoreFactory) -> Checked {
    let market = Market::with(factory, strict_terms()).await?;
    let listing = market.list(50, 10_00).await?;
    let request = |buyer: AccountId, last, seconds| -> Checked<PlaceOrder> {
        let order = market.order(listing, 1, seconds)?;
        Ok(PlaceOrder {
            authority: Authority::Account(buyer),
            network: Some(Network::of(Ipv4Addr::new(192, 0, 2, last).into())),
            ..order
        })
    };
    let first = market.place(request(market.buyer, 7, 1)?).await?;
    market.place(request(market.other, 7, 2)?).await?;
    let shared = Rejection::TooManyOpenCheckoutsOfNetwork { most: 2 };
    is_rejected(&market.place(request(market.seller, 7, 3)?).await, shared)?;
    let elsewhere = market.place(request(market.seller, 8, 4)?).await?;
    market.cancel(market.seller, elsewhere.order.id, 5).await?;
    market.cancel(market.buyer, first.order.id, 6).await?;
    let again = market.place(request(market.seller, 7, 100)?).await?;
    equal("state", again.order.state, OrderState::AwaitingPayment)
}

async fn who_owes_finishes_the_payment_that_carries_the_tab_first(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(50, 1_00).await?;
    market.buy(listing, 1, 1).await?;
    let unsent = market.buy(listing, 6, 2).await?;
    let first = Rejection::TabInCheckout(TabCarrier::Order(unsent.id));
    is_rejected(&market.place(market.order(listing, 6, 3)?).await, first)?;
    let charge = market.charge(&unsent, 4).await?;
    is_rejected(&market.place(market.order(listing, 6, 5)?).await, first)?;
    market.receive(market.event(paid(&charge)?, 6)).await?;
    let free = market.buy(listing, 6, 7).await?;
    market.buy(listing, 1, 8).await?;
    let second = Rejection::TabInCheckout(TabCarrier::Order(free.id));
    is_rejected(&market.place(market.order(listing, 6, 9)?).await, second)?;
    market.cancel(market.buyer, free.id, 10).await?;
    market.ask_to_charge_tab(11).await?;
    let tab = Rejection::TabInCheckout(TabCarrier::Tab);
    is_rejected(&market.place(market.order(listing, 6, 12)?).await, tab)
}

async fn a_listing_is_not_held_again_at_once_until_a_payment_arrives(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::with(factory, strict_terms()).await?;
    let listing = market.list(50, 10_00).await?;
    let other = market.list(50, 10_00).await?;
    let paused = |until| Rejection::HeldBefore { until: at(until) };
    let order = market.buy(listing, 1, 1).await?;
    market.cancel(market.buyer, order.id, 100).await?;
    is_rejected(
        &market.place(market.order(listing, 1, 159)?).await,
        paused(160),
    )?;
    let order = market.buy(listing, 1, 160).await?;
    market.cancel(market.buyer, order.id, 200).await?;
    is_rejected(
        &market.place(market.order(listing, 1, 319)?).await,
        paused(320),
    )?;
    let (_, charge) = market.check_out(other, 1, 210).await?;
    market.receive(market.event(paid(&charge)?, 220)).await?;
    let order = market.buy(listing, 1, 221).await?;
    equal("state", order.state, OrderState::AwaitingPayment)
}
