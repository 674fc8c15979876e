use super::cases;
use crate::conformance::check::{Checked, equal};
use crate::conformance::market::{Market, expired, paid, payment_of};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, usd};
use crate::id::{AccountId, ListingId};
use crate::order::{Authority, Order, OrderState};
use crate::payment::{Charge, RefundDue};
use crate::ports::Applied;
use crate::token::TokenState;

cases! {
    a_late_payment_is_served_if_units_are_left:
        "`settle` of an expired or canceled order takes its units from those on sale again.",
    a_late_payment_for_units_that_are_gone_is_owed_back:
        "`settle` without units left refunds the order, and owes its total, once.",
    a_late_payment_clears_what_is_on_the_tab_and_owes_the_rest:
        "`ChargeState::clears`: a closed charge clears what no charge carries.",
    a_small_order_that_was_refunded_before_its_charge_was_paid_is_owed_back:
        "What was paid for an order that is refunded goes back.",
}

/// Leaves no units of the listing on sale.
async fn sell_out(market: &Market, listing: ListingId, units: i64, by: AccountId) -> Checked {
    let mut order = market.order(listing, units, 50)?;
    order.authority = Authority::Account(by);
    market.place(order).await?;
    Ok(())
}

async fn a_late_payment_is_served_if_units_are_left(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    for cancel in [false, true] {
        let (order, charge) = market.check_out(listing, 2, 1).await?;
        if cancel {
            market.cancel(market.buyer, order.id, 2).await?;
        } else {
            market.apply(expired(charge.id), 2).await?;
        }
        let applied = market.apply(paid(&charge)?, 3).await?;
        equal("result", applied, Applied::Done)?;
        let order = market.is_in(&order, OrderState::Fulfilled).await?;
        let times = (order.fulfilled_at, order.closed_at);
        equal("fulfilment and end", times, (Some(at(3)), None))?;
        market.token_is(&order, TokenState::Active).await?;
    }
    market.has_available(listing, 16).await?;
    market.has_sold(listing, 4, 40_00).await?;
    market.owes_nothing(4).await
}

async fn a_late_payment_for_units_that_are_gone_is_owed_back(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(2, 10_00).await?;
    let (order, charge) = market.check_out(listing, 2, 1).await?;
    market.cancel(market.buyer, order.id, 2).await?;
    sell_out(&market, listing, 1, market.other).await?;
    let event = market.event(paid(&charge)?, 3);
    let refund_id = event.refund_id;
    equal("result", market.receive(event).await?, Applied::Done)?;
    let order = market.is_in(&order, OrderState::Refunded).await?;
    equal("token of the order", order.token_id, None)?;
    let expected = RefundDue {
        id: refund_id,
        charge_id: charge.id,
        payment: payment_of(charge.id),
        amount: usd(20_00),
    };
    equal("refunds owed", market.owed(4).await?, vec![expected])?;
    market.has_available(listing, 1).await?;
    let again = market.apply(paid(&charge)?, 5).await?;
    equal("another event about the payment", again, Applied::Repeated)?;
    equal("refunds owed, once", market.owed(100).await?.len(), 1)
}

/// A small order of 3.00 on the tab, and a charge of 10.00 that carries it.
async fn charge_with_tab(
    market: &Market,
    small: ListingId,
    large: ListingId,
) -> Checked<(Order, Order, Charge)> {
    let carried = market.buy(small, 1, 1).await?;
    let (order, charge) = market.check_out(large, 1, 2).await?;
    equal("the tab in the charge", charge.tab, usd(3_00))?;
    Ok((carried, order, charge))
}

async fn a_late_payment_clears_what_is_on_the_tab_and_owes_the_rest(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let (small, large) = (market.list(20, 3_00).await?, market.list(1, 10_00).await?);
    let (carried, order, charge) = charge_with_tab(&market, small, large).await?;
    market.cancel(market.buyer, order.id, 3).await?;
    // The carried order is refunded off the tab; another is on it by now.
    market.take_back(&carried, 4).await?;
    let cheap = market.list(20, 2_00).await?;
    market.buy(cheap, 1, 5).await?;
    market.tab_is(2_00).await?;
    market.apply(paid(&charge)?, 6).await?;
    market.is_in(&order, OrderState::Fulfilled).await?;
    market.tab_is(0).await?;
    let owed = market.owed(7).await?;
    let amounts: Vec<_> = owed.iter().map(|due| due.amount).collect();
    equal("amounts owed", amounts, vec![usd(1_00)])
}

async fn a_small_order_that_was_refunded_before_its_charge_was_paid_is_owed_back(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let (small, large) = (market.list(20, 3_00).await?, market.list(1, 10_00).await?);
    let (carried, order, charge) = charge_with_tab(&market, small, large).await?;
    market.take_back(&carried, 3).await?;
    market.tab_is(0).await?;
    market.owes_nothing(4).await?;
    market.apply(paid(&charge)?, 5).await?;
    market.is_in(&order, OrderState::Fulfilled).await?;
    market.tab_is(0).await?;
    let owed = market.owed(100).await?;
    let amounts: Vec<_> = owed.iter().map(|due| due.amount).collect();
    equal("amounts owed", amounts, vec![usd(3_00)])
}
