use super::cases;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::join::join_all;
use crate::conformance::market::{Market, paid};
use crate::conformance::stores::StoreFactory;
use crate::id::ListingId;
use crate::order::{OrderState, PlacedOrder, Rejection};
use crate::ports::{Applied, PlaceOrderError};

cases! {
    orders_at_once_never_sell_a_unit_twice:
        "Of orders at once, as many are placed as there are units for.",
    orders_at_once_never_pass_the_limit_of_the_tab:
        "Of small orders at once, as many go on the tab as it bears.",
    payments_at_once_settle_a_charge_once:
        "Of two events at once about one payment, one settles the charge.",
    one_event_that_is_received_twice_at_once_is_applied_once:
        "Of two calls at once with one event id, one applies it.",
    charges_that_are_asked_for_at_once_are_one:
        "Of two calls at once for one order, one makes the charge.",
}

async fn buy_at_once(
    market: &Market,
    listing: ListingId,
    count: i64,
) -> Checked<Vec<Result<PlacedOrder, PlaceOrderError>>> {
    let orders = (1..=count).map(|second| market.order(listing, 1, second));
    let orders = orders.collect::<Checked<Vec<_>>>()?;
    Ok(join_all(orders.into_iter().map(|order| market.place(order))).await)
}

fn is_sold_out(error: &PlaceOrderError) -> bool {
    let PlaceOrderError::Rejected(Rejection::InsufficientUnits { available }) = error else {
        return false;
    };
    available.is_empty()
}

async fn orders_at_once_never_sell_a_unit_twice(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(5, 10).await?;
    let placed = buy_at_once(&market, listing, 12).await?;
    let sold = placed.iter().filter(|placed| placed.is_ok()).count();
    equal("orders that are placed for 5 units", sold, 5)?;
    holds("rejections for want of units", &placed, |placed| {
        let mut rejected = placed.iter().filter_map(|placed| placed.as_ref().err());
        rejected.all(is_sold_out)
    })?;
    market.has_available(listing, 0).await?;
    market.has_sold(listing, 5, 50).await
}

async fn orders_at_once_never_pass_the_limit_of_the_tab(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 3_00).await?;
    let placed = buy_at_once(&market, listing, 6).await?;
    let small = placed
        .iter()
        .flatten()
        .filter(|placed| placed.order.state == OrderState::Fulfilled);
    equal("orders of 3.00 on a tab of up to 8.00", small.count(), 2)?;
    market.tab_is(6_00).await
}

async fn payments_at_once_settle_a_charge_once(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.check_out(listing, 1, 1).await?;
    let kind = paid(&charge)?;
    let events = [market.event(kind.clone(), 2), market.event(kind, 2)];
    let applied = join_all(events.map(|event| market.receive(event))).await;
    let mut applied = applied.into_iter().collect::<Checked<Vec<_>>>()?;
    applied.sort_by_key(|applied| *applied == Applied::Repeated);
    let expected = vec![Applied::Done, Applied::Repeated];
    equal("results", applied, expected)?;
    market.is_in(&order, OrderState::Fulfilled).await?;
    market.has_sold(listing, 1, 10_00).await?;
    market.owes_nothing(3).await
}

async fn one_event_that_is_received_twice_at_once_is_applied_once(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (_, charge) = market.check_out(listing, 1, 1).await?;
    let event = market.event(paid(&charge)?, 2);
    let applied = join_all([event.clone(), event].map(|event| market.receive(event))).await;
    let mut applied = applied.into_iter().collect::<Checked<Vec<_>>>()?;
    applied.sort_by_key(|applied| *applied == Applied::Repeated);
    equal("results", applied, vec![Applied::Done, Applied::Repeated])?;
    market.has_sold(listing, 1, 10_00).await
}

async fn charges_that_are_asked_for_at_once_are_one(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    let charges = join_all([(); 3].map(|()| market.charge(&order, 2))).await;
    let mut charges = charges.into_iter().collect::<Checked<Vec<_>>>()?;
    charges.dedup();
    equal("different charges", charges.len(), 1)
}
