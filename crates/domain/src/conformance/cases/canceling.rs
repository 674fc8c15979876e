use super::cases;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::at;
use crate::id::OrderId;
use crate::order::OrderState;
use crate::ports::{ChangeOrderError, OpenChargeError};

cases! {
    a_canceled_order_puts_its_units_back_on_sale:
        "Canceling ends the reservation; a repeat returns the canceled order and changes nothing.",
    only_its_parties_cancel_an_order_and_only_while_it_awaits_payment:
        "Canceling fails with `NotFound` for others and with `InvalidState` for a fulfilled order.",
    canceling_closes_the_charge_and_what_it_carried_can_be_charged_again:
        "A move that closes the charge puts the orders it carries back on the tab alone.",
    a_canceled_order_s_session_may_still_be_paid_until_the_provider_has_ended_it:
        "The charge of a canceled order is overdue at once, and no longer once it was closed.",
}

async fn a_canceled_order_puts_its_units_back_on_sale(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 10_00).await?;
    let order = market.buy(listing, 3, 1).await?;
    let canceled = market.cancel(market.buyer, order.id, 2).await?;
    equal("state", canceled.state, OrderState::Canceled)?;
    let times = (canceled.lapses_at, canceled.closed_at);
    equal("reservation and end", times, (None, Some(at(2))))?;
    equal("the order, read", &market.find(&order).await?, &canceled)?;
    market.has_available(listing, 10).await?;
    let again = market.cancel(market.buyer, order.id, 3).await?;
    equal("the order, canceled again", again, canceled)?;
    market.has_available(listing, 10).await
}

async fn only_its_parties_cancel_an_order_and_only_while_it_awaits_payment(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 3_00).await?;
    let (small, large) = (
        market.buy(listing, 1, 1).await?,
        market.buy(listing, 2, 1).await?,
    );
    let unknown = OrderId::mint(at(0), &market.ids);
    for (account, order) in [(market.other, large.id), (market.buyer, unknown)] {
        let found = market.cancel(account, order, 2).await;
        holds("NotFound", &found, |found| {
            matches!(found, Err(ChangeOrderError::NotFound))
        })?;
    }
    let found = market.cancel(market.buyer, small.id, 2).await;
    holds("InvalidState(Fulfilled)", &found, |found| {
        let state = OrderState::Fulfilled;
        matches!(found, Err(ChangeOrderError::InvalidState(found)) if *found == state)
    })?;
    market.is_in(&large, OrderState::AwaitingPayment).await?;
    market.has_available(listing, 7).await?;
    market.cancel(market.seller, large.id, 3).await?;
    market.is_in(&large, OrderState::Canceled).await?;
    market.has_available(listing, 9).await
}

async fn canceling_closes_the_charge_and_what_it_carried_can_be_charged_again(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 2_00).await?;
    market.buy(listing, 1, 1).await?;
    let (order, charge) = market.check_out(listing, 4, 2).await?;
    equal("the tab in the charge", charge.tab.minor(), 2_00)?;
    let found = market.ask_to_charge_tab(3).await;
    holds("NothingOwed, as the charge carries it", &found, |found| {
        matches!(found, Err(OpenChargeError::NothingOwed))
    })?;
    market.cancel(market.buyer, order.id, 4).await?;
    let charge = market.ask_to_charge_tab(5).await?;
    equal("the charge of the tab", charge.tab.minor(), 2_00)
}

async fn a_canceled_order_s_session_may_still_be_paid_until_the_provider_has_ended_it(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.check_out(listing, 1, 1).await?;
    equal(
        "charges overdue before",
        market.overdue(2).await?,
        Vec::new(),
    )?;
    market.cancel(market.buyer, order.id, 3).await?;
    let overdue = market.overdue(4).await?;
    let ids: Vec<_> = overdue.iter().map(|overdue| overdue.charge_id).collect();
    equal("charges overdue", ids, vec![charge.id])?;
    market.close(charge.id, 5).await?;
    equal(
        "charges overdue after",
        market.overdue(100).await?,
        Vec::new(),
    )?;
    market.is_in(&order, OrderState::Canceled).await?;
    market.has_available(listing, 20).await
}
