use super::cases;
use crate::conformance::check::{Checked, equal};
use crate::conformance::market::{Market, dispute, given_back, paid};
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, usd};
use crate::order::OrderState;
use crate::payment::DisputeState::{Lost, Open, Won};
use crate::payment::PaymentEventKind;
use crate::ports::Applied;
use crate::token::TokenState;

cases! {
    a_refund_that_comes_before_its_payment_is_applied_with_it:
        "An event about a payment that no charge has is kept, and applied once one does.",
    a_dispute_that_comes_before_its_payment_suspends_the_token_at_once:
        "Kept events apply to the token that the payment issues.",
    kept_events_have_the_same_end_in_whatever_order_they_were_received:
        "`in_order_of_happening`: the end does not depend on the order in which kept events were received.",
    kept_events_are_applied_once:
        "An event that was kept and applied is not applied to a later payment.",
}

async fn a_refund_that_comes_before_its_payment_is_applied_with_it(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.check_out(listing, 1, 1).await?;
    let early = market.event(given_back(charge.id, usd(10_00)), 2);
    equal(
        "result",
        market.receive(early.clone()).await?,
        Applied::Ignored,
    )?;
    equal("a repeat", market.receive(early).await?, Applied::Repeated)?;
    market.is_in(&order, OrderState::AwaitingPayment).await?;
    equal(
        "result",
        market.apply(paid(&charge)?, 3).await?,
        Applied::Done,
    )?;
    let order = market.is_in(&order, OrderState::Refunded).await?;
    equal("sum refunded", order.refunded, usd(10_00))?;
    market.token_is(&order, TokenState::Revoked).await?;
    market.owes_nothing(4).await
}

async fn a_dispute_that_comes_before_its_payment_suspends_the_token_at_once(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (order, charge) = market.check_out(listing, 1, 1).await?;
    market.apply(dispute(&charge, Open)?, 2).await?;
    market.apply(paid(&charge)?, 3).await?;
    market.is_in(&order, OrderState::Fulfilled).await?;
    market.token_is(&order, TokenState::Suspended).await?;
    market.apply(dispute(&charge, Won)?, 4).await?;
    market.token_is(&order, TokenState::Active).await
}

/// Receives an event at second 50 that happened after so many seconds.
async fn receive_late(market: &Market, kind: PaymentEventKind, happened: i64) -> Checked {
    let mut event = market.event(kind, 50);
    event.event.at = at(happened);
    equal("result", market.receive(event).await?, Applied::Ignored)
}

async fn kept_events_have_the_same_end_in_whatever_order_they_were_received(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    for (won_at, lost_at, token) in [(20, 10, TokenState::Active), (10, 20, TokenState::Revoked)] {
        let (order, charge) = market.check_out(listing, 1, 1).await?;
        receive_late(&market, dispute(&charge, Won)?, won_at).await?;
        receive_late(&market, dispute(&charge, Open)?, 5).await?;
        receive_late(&market, dispute(&charge, Lost)?, lost_at).await?;
        market.apply(paid(&charge)?, 60).await?;
        market.token_is(&order, token).await?;
    }
    let (order, charge) = market.check_out(listing, 1, 1).await?;
    receive_late(&market, dispute(&charge, Won)?, 30).await?;
    receive_late(&market, dispute(&charge, Open)?, 10).await?;
    market.apply(paid(&charge)?, 60).await?;
    market.token_is(&order, TokenState::Active).await?;
    let (order, charge) = market.check_out(listing, 1, 1).await?;
    receive_late(&market, given_back(charge.id, usd(7_00)), 30).await?;
    receive_late(&market, given_back(charge.id, usd(2_00)), 10).await?;
    market.apply(paid(&charge)?, 60).await?;
    let order = market.is_in(&order, OrderState::Fulfilled).await?;
    equal("sum refunded", order.refunded, usd(7_00))
}

async fn kept_events_are_applied_once(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10_00).await?;
    let (first, charge) = market.check_out(listing, 1, 1).await?;
    market.apply(dispute(&charge, Open)?, 2).await?;
    market.apply(paid(&charge)?, 3).await?;
    market.apply(dispute(&charge, Won)?, 4).await?;
    equal(
        "a repeat",
        market.apply(paid(&charge)?, 5).await?,
        Applied::Repeated,
    )?;
    market.token_is(&first, TokenState::Active).await?;
    let (second, _) = market.buy_and_pay(listing, 1, 6).await?;
    market.token_is(&second, TokenState::Active).await
}
