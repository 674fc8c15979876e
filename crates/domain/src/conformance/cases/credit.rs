use std::net::Ipv4Addr;

use super::cases;
use crate::account::Network;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::join::join_all;
use crate::conformance::market::{Market, dispute, paid};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, terms, usd};
use crate::order::{
    Authority, NoCredit, OrderState, PaymentRoute, PlaceOrder, Rejection, ReturnedUnits,
};
use crate::payment::DisputeState;
use crate::policy::{CreditTerms, OrderTerms, Verification};
use crate::ports::PlaceOrderError;
use crate::time::SignedDuration;

cases! {
    the_tab_of_a_buyer_takes_more_once_a_payment_has_arrived:
        "`Tab::has_paid` is set by the first payment that settles a charge.",
    a_payment_that_is_lost_to_a_dispute_earns_no_credit:
        "`earns_credit`: a lost dispute about all payments of a buyer makes the buyer new again, until it is won.",
    a_tab_is_owed_since_its_oldest_order_that_no_payment_has_cleared:
        "`Tab::owed_since` follows orders, refunds and payments.",
    an_overdue_tab_takes_no_more_orders_until_it_is_paid:
        "`decide` is given `Tab::owed_since`.",
    new_buyers_of_one_network_share_a_limit_a_day:
        "`decide` is given what new buyers of the network have put on their tabs, also by orders at once.",
}

const DAY: i64 = 86_400;
const DUE: i64 = 10 * DAY;

/// Tabs of up to 8.00, and up to 3.00 before a first payment; of 4.00 a day for one network; due after ten days.
fn strict_terms() -> OrderTerms {
    OrderTerms {
        credit: CreditTerms {
            new_tab_limit: usd(3_00),
            new_tabs_per_network: Some(usd(4_00)),
            tab_due: SignedDuration::from_secs(DUE),
            verification: Verification::Impossible,
        },
        ..terms()
    }
}

async fn the_tab_of_a_buyer_takes_more_once_a_payment_has_arrived(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::with(factory, strict_terms()).await?;
    let listing = market.list(50, 1_00).await?;
    let small = market.buy(listing, 3, 1).await?;
    equal("route of the first", small.route, PaymentRoute::Tab)?;
    let (order, charge) = market.check_out(listing, 1, 2).await?;
    equal("route of the second", order.route, PaymentRoute::Checkout)?;
    market.receive(market.event(paid(&charge)?, 10)).await?;
    market.is_in(&order, OrderState::Fulfilled).await?;
    let small = market.buy(listing, 4, 11).await?;
    equal("route after the payment", small.route, PaymentRoute::Tab)
}

async fn a_payment_that_is_lost_to_a_dispute_earns_no_credit(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(50, 6_00).await?;
    let has_paid = async |expected: bool| -> Checked {
        let tab = market.stores.tab_reader.tab(market.buyer).await?;
        let found = tab.is_some_and(|tab| tab.has_paid);
        equal("whether the buyer has paid", found, expected)
    };
    let (_, first) = market.buy_and_pay(listing, 1, 1).await?;
    market
        .apply(dispute(&first, DisputeState::Open)?, 2)
        .await?;
    has_paid(true).await?;
    market
        .apply(dispute(&first, DisputeState::Lost)?, 3)
        .await?;
    has_paid(false).await?;
    let (_, second) = market.buy_and_pay(listing, 1, 4).await?;
    has_paid(true).await?;
    market
        .apply(dispute(&second, DisputeState::Lost)?, 5)
        .await?;
    has_paid(false).await?;
    market.apply(dispute(&first, DisputeState::Won)?, 6).await?;
    has_paid(true).await
}

async fn owed_since(market: &Market, expected: Option<i64>) -> Checked {
    let tab = market.stores.tab_reader.tab(market.buyer).await?;
    let since = tab.and_then(|tab| tab.owed_since);
    equal("time since when the tab is owed", since, expected.map(at))
}

async fn a_tab_is_owed_since_its_oldest_order_that_no_payment_has_cleared(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(50, 1_00).await?;
    owed_since(&market, None).await?;
    let first = market.buy(listing, 1, 100).await?;
    market.buy(listing, 1, 200).await?;
    owed_since(&market, Some(100)).await?;
    let units = ReturnedUnits::ForSale;
    market.refund(market.seller, first.id, 250, units).await?;
    owed_since(&market, Some(200)).await?;
    let (_, charge) = market.check_out(listing, 6, 300).await?;
    market.buy(listing, 1, 400).await?;
    owed_since(&market, Some(200)).await?;
    market.receive(market.event(paid(&charge)?, 500)).await?;
    owed_since(&market, Some(400)).await
}

async fn an_overdue_tab_takes_no_more_orders_until_it_is_paid(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::with(factory, strict_terms()).await?;
    let listing = market.list(50, 1_00).await?;
    market.buy(listing, 1, 1).await?;
    let within = market.buy(listing, 1, DUE).await?;
    equal("route within the time", within.route, PaymentRoute::Tab)?;
    let (order, charge) = market.check_out(listing, 1, DUE.saturating_add(1)).await?;
    equal(
        "route of an order on an overdue tab",
        order.route,
        PaymentRoute::Checkout,
    )?;
    let paid_at = DUE.saturating_add(2);
    market
        .receive(market.event(paid(&charge)?, paid_at))
        .await?;
    let after = market.buy(listing, 1, DUE.saturating_add(3)).await?;
    equal("route after the payment", after.route, PaymentRoute::Tab)
}

fn from_network(order: PlaceOrder, last: u8) -> PlaceOrder {
    PlaceOrder {
        network: Some(Network::of(Ipv4Addr::new(192, 0, 2, last).into())),
        ..order
    }
}

async fn new_buyers_of_one_network_share_a_limit_a_day(factory: &dyn StoreFactory) -> Checked {
    // The smallest charge is 0.50: what is turned away from the tab could be paid for nowhere.
    let market = Market::with(factory, strict_terms()).await?;
    let listing = market.list(50, 40).await?;
    let request = |buyer, last, seconds| -> Checked<PlaceOrder> {
        let order = market.order(listing, 1, seconds)?;
        let authority = Authority::Account(buyer);
        Ok(from_network(PlaceOrder { authority, ..order }, last))
    };
    let mut requests = Vec::new();
    for seconds in 0..7 {
        requests.push(request(market.buyer, 7, seconds)?);
        requests.push(request(market.other, 7, seconds)?);
    }
    let orders = requests.into_iter().map(|order| market.place(order));
    let placed = join_all(orders).await;
    let on_tab = placed.iter().flatten();
    let on_tab = on_tab.filter(|placed| placed.order.route == PaymentRoute::Tab);
    equal("orders on tabs", on_tab.count(), 10)?;
    let stranger = market.place(request(market.seller, 7, 8)?).await;
    let limit = usd(4_00);
    holds("the limit of the network", &stranger, |found| {
        matches!(
            found,
            Err(PlaceOrderError::Rejected(Rejection::TooSmallToPay {
                reason: NoCredit::NewTabsOfNetworkFull { limit: found },
                ..
            })) if *found == limit
        )
    })?;
    let elsewhere = market.place(request(market.seller, 8, 9)?).await?;
    equal(
        "route from elsewhere",
        elsewhere.order.route,
        PaymentRoute::Tab,
    )?;
    let next_day = market.place(request(market.seller, 7, DAY)?).await?;
    equal(
        "route on the next day",
        next_day.order.route,
        PaymentRoute::Tab,
    )
}
